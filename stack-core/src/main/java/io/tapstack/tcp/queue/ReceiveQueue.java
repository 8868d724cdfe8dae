package io.tapstack.tcp.queue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.buffer.SliceQueue;
import io.tapstack.tcp.ReadBatch;
import java.nio.ByteBuffer;

/**
 * Received payload, in order, that the application has not read. Large payload stays where the device put it and is
 * referred to; small payload is copied together, so that a block never holds much less than half of what it costs: that
 * is what keeps a peer that sends single bytes from tying up memory.
 */
public final class ReceiveQueue {

    private final SliceQueue line;

    public ReceiveQueue(final BufferPool pool) {
        line = new SliceQueue(pool);
    }

    /** Bytes that can be read. */
    public int length() {
        return line.length();
    }

    /** Memory of the stack that the queue holds, in bytes. */
    public int chargedBytes() {
        return line.chargedBytes();
    }

    /** Appends payload that lies in {@code region}; refers to it or copies it, whichever holds less memory. */
    public void append(final Region region, final int offset, final int length) {
        line.appendOrCopy(region, offset, length);
    }

    /** Lends up to {@code limit} bytes from the front; they stay in the queue. @return how many bytes are on loan */
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
     * Copies up to {@code limit} bytes into {@code target}, as many as fit; they stay in the queue. @return how many
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

    /** The byte at {@code position}, counted from the next one to be read. */
    public byte byteAt(final int position) {
        final int slice = line.sliceAt(position);
        return line.region(slice).bytes().get(line.offset(slice) + position - line.position(slice));
    }

    /** Hands the first {@code limit} bytes over to {@code target}. @return how many that were */
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

    /** Takes {@code bytes} off the front: the application has them. */
    public void consume(final int bytes) {
        line.drop(bytes);
    }

    /** Forgets everything. */
    public void clear() {
        line.clear();
    }
}
