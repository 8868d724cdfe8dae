package io.tapstack.tcp.queue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.buffer.SliceQueue;
import java.nio.ByteBuffer;

/**
 * What the application has handed over and the peer has not acknowledged. A byte is stored once, and every transmission
 * and retransmission refers to it. Position 0 is the first byte that is not acknowledged.
 *
 * <p>A mapped file can be cut short by somebody else at any time. Every look at the queue's bytes therefore answers how
 * many of them are still there, and the caller looks again after it has sent them ({@link #isIntact}).
 */
public final class SendQueue {

    private final SliceQueue line;

    public SendQueue(final BufferPool pool) {
        line = new SliceQueue(pool);
    }

    /** Bytes in the queue, sent or not. */
    public int length() {
        return line.length();
    }

    public boolean isEmpty() {
        return line.isEmpty();
    }

    /** Memory of the stack that the queue holds, in bytes. */
    public int chargedBytes() {
        return line.chargedBytes();
    }

    /** Bytes of mapped files in the queue. */
    public int sharedBytes() {
        return line.sharedBytes();
    }

    /** Appends a slice by reference; retains the region. */
    public void append(final Region region, final int offset, final int length) {
        line.append(region, offset, length);
    }

    /** Appends received payload; refers to it or copies it, whichever holds less memory. */
    void take(final Region region, final int offset, final int length) {
        line.appendOrCopy(region, offset, length);
    }

    /** Copies up to {@code limit} bytes from {@code source}. @return how many were taken */
    public int copyIn(final ByteBuffer source, final int limit) {
        return line.copyIn(source, limit);
    }

    /**
     * Refers {@code packet} to {@code length} bytes from {@code position} on.
     *
     * @return how many bytes were added: less than asked for if the packet cannot hold more slices, or if a mapped file
     *     was cut short and the bytes are not there any more
     */
    public int gather(final PacketBuffer packet, final int position, final int length) {
        int gathered = 0;
        for (int slice = line.sliceAt(position); gathered < length; slice++) {
            final int skip = position + gathered - line.position(slice);
            final int offset = line.offset(slice) + skip;
            final int part = Math.min(length - gathered, line.length(slice) - skip);
            final Region region = line.region(slice);
            final int there = intact(region, offset, part);
            if (there == 0 || !packet.addSlice(region, offset, there)) {
                break;
            }
            gathered += there;
            if (there < part) {
                break;
            }
        }
        return gathered;
    }

    /**
     * Copies {@code length} bytes from {@code position} on behind the contiguous part of {@code packet}: for devices
     * without checksum offload, where the bytes have to be touched anyway.
     *
     * @return how many bytes were copied; less than asked for if a mapped file was cut short
     */
    public int copyOut(final PacketBuffer packet, final int position, final int length) {
        int copied = 0;
        for (int slice = line.sliceAt(position); copied < length; slice++) {
            final int skip = position + copied - line.position(slice);
            final int offset = line.offset(slice) + skip;
            final int part = Math.min(length - copied, line.length(slice) - skip);
            final int to = packet.append(part);
            final int there = line.region(slice).copyTo(offset, packet.memory().bytes(), to, part);
            packet.trimTo(packet.contiguousLength() - (part - there));
            copied += there;
            if (there < part) {
                break;
            }
        }
        return copied;
    }

    /**
     * Copies {@code length} bytes from {@code position} on to {@code target}; what is not there any more is left out.
     */
    public void copyOut(final byte[] target, final int offset, final int position, final int length) {
        final ByteBuffer bytes = ByteBuffer.wrap(target);
        int copied = 0;
        for (int slice = length == 0 ? 0 : line.sliceAt(position); copied < length; slice++) {
            final int skip = position + copied - line.position(slice);
            final int part = Math.min(length - copied, line.length(slice) - skip);
            line.region(slice).copyTo(line.offset(slice) + skip, bytes, offset + copied, part);
            copied += part;
        }
    }

    /** True if all of the {@code length} bytes from {@code position} on can still be read. */
    public boolean isIntact(final int position, final int length) {
        if (line.sharedBytes() == 0) {
            return true;
        }
        int seen = 0;
        for (int slice = line.sliceAt(position); seen < length; slice++) {
            final int skip = position + seen - line.position(slice);
            final int part = Math.min(length - seen, line.length(slice) - skip);
            if (intact(line.region(slice), line.offset(slice) + skip, part) < part) {
                return false;
            }
            seen += part;
        }
        return true;
    }

    /** Forgets the first {@code bytes}: the peer has them. */
    public void acknowledge(final int bytes) {
        line.drop(bytes);
    }

    /** Forgets everything. */
    public void clear() {
        line.clear();
    }

    private static int intact(final Region region, final int offset, final int length) {
        return region.isShared() ? Math.max(0, Math.min(length, region.intactBytes() - offset)) : length;
    }
}
