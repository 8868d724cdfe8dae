package io.tapstack.tcp.queue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.buffer.SliceQueue;
import io.tapstack.tcp.ReadBatch;
import java.nio.ByteBuffer;

/**
 * Received payload in order that the application has not read. Large payload is referred to in place; small payload is
 * copied together, so that each block is about half full at least. A peer that sends single bytes therefore cannot tie
 * up memory.
 */
public final class ReceiveQueue {

    private final SliceQueue line;

    public ReceiveQueue(final BufferPool pool) {
        line = new SliceQueue(pool);
    }

    /** Number of bytes that can be read. */
    public int length() {
        return line.length();
    }

    /** Memory of the stack that the queue holds, in bytes. */
    public int chargedBytes() {
        return line.chargedBytes();
    }

    /** Appends payload of {@code region}; refers to it or copies it, depending on which holds less memory. */
    public void append(final Region region, final int offset, final int length) {
        line.appendOrCopy(region, offset, length);
    }

    /**
     * Lends up to {@code limit} bytes from the front; they stay in the queue.
     *
     * @return the number of bytes on loan
     */
    public int borrow(final ReadBatch batch, final int limit) {
        int left = limit;
        for (int slice = 0; slice < line.slices() && left > 0 && !batch.isFull(); slice++) {
            final int part = Math.min(left, line.length(slice));
            batch.add(line.region(slice), line.offset(slice), part);
            left -= part;
        }
        return batch.bytes();
    }

    /**
     * Copies up to {@code limit} bytes into {@code target}; they stay in the queue.
     *
     * @return the number of bytes copied
     */
    public int peek(final ByteBuffer target, final int limit) {
        int copied = 0;
        for (int slice = 0; slice < line.slices() && copied < limit && target.hasRemaining(); slice++) {
            final int part = Math.min(Math.min(target.remaining(), limit - copied), line.length(slice));
            target.put(target.position(), line.region(slice).bytes(), line.offset(slice), part);
            target.position(target.position() + part);
            copied += part;
        }
        return copied;
    }

    /** Returns the byte at {@code position}, counted from the next one to be read. */
    public byte byteAt(final int position) {
        final int slice = line.sliceAt(position);
        return line.region(slice).bytes().get(line.offset(slice) + position - line.position(slice));
    }

    /**
     * Moves up to {@code limit} bytes from the front to {@code target}.
     *
     * @return the number of bytes moved
     */
    public int moveTo(final SendQueue target, final int limit) {
        int moved = 0;
        for (int slice = 0; slice < line.slices() && moved < limit; slice++) {
            final int part = Math.min(limit - moved, line.length(slice));
            target.take(line.region(slice), line.offset(slice), part);
            moved += part;
        }
        line.drop(moved);
        return moved;
    }

    /** Removes {@code bytes} from the front, as the application has read them. */
    public void consume(final int bytes) {
        line.drop(bytes);
    }

    /** Removes all bytes. */
    public void clear() {
        line.clear();
    }
}
