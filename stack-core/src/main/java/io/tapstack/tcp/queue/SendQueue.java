package io.tapstack.tcp.queue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.buffer.SliceQueue;
import java.nio.ByteBuffer;

/**
 * Data that the application has written and the peer has not acknowledged. A byte is stored once, and each transmission
 * and retransmission refers to it. Position 0 is the first unacknowledged byte.
 *
 * <p>Another process can truncate a mapped file at any time. Each access therefore returns the number of bytes that
 * still exist, and the caller checks again after it has sent them ({@link #isIntact}).
 */
public final class SendQueue {

    private final SliceQueue line;

    public SendQueue(final BufferPool pool) {
        line = new SliceQueue(pool);
    }

    /** Number of bytes in the queue, sent or not. */
    public int length() {
        return line.length();
    }

    /** True if the queue has no bytes. */
    public boolean isEmpty() {
        return line.isEmpty();
    }

    /** Memory of the stack that the queue holds, in bytes. */
    public int chargedBytes() {
        return line.chargedBytes();
    }

    /** Number of bytes of mapped files in the queue. */
    public int sharedBytes() {
        return line.sharedBytes();
    }

    /** Appends a slice by reference; retains the region. */
    public void append(final Region region, final int offset, final int length) {
        line.append(region, offset, length);
    }

    /** Appends received payload; refers to it or copies it, depending on which holds less memory. */
    void take(final Region region, final int offset, final int length) {
        line.appendOrCopy(region, offset, length);
    }

    /**
     * Copies up to {@code limit} bytes from {@code source}.
     *
     * @return the number of bytes copied
     */
    public int copyIn(final ByteBuffer source, final int limit) {
        return line.copyIn(source, limit);
    }

    /**
     * Adds references to {@code length} bytes from {@code position} to {@code packet}.
     *
     * @return the number of bytes added: fewer if the packet cannot hold more slices, or if a mapped file was truncated
     */
    public int gather(final PacketBuffer packet, final int position, final int length) {
        int gathered = 0;
        for (int slice = line.sliceAt(position); gathered < length; slice++) {
            final int skip = position + gathered - line.position(slice);
            final int offset = line.offset(slice) + skip;
            final int part = Math.min(length - gathered, line.length(slice) - skip);
            final Region region = line.region(slice);
            final int there = expected(region, offset, part);
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
     * Copies {@code length} bytes from {@code position} behind the contiguous part of {@code packet}: for devices
     * without checksum offload, where the stack reads the bytes anyway.
     *
     * @return the number of bytes copied; fewer if a mapped file was truncated
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

    /** Copies {@code length} bytes from {@code position} to {@code target}, without those of a truncated file. */
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

    /** True if all of the {@code length} bytes from {@code position} can still be read. */
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

    /** Removes the first {@code bytes}, which the peer has acknowledged. */
    public void acknowledge(final int bytes) {
        line.drop(bytes);
    }

    /** Removes all bytes. */
    public void clear() {
        line.clear();
    }

    private static int expected(final Region region, final int offset, final int length) {
        return region.isShared() ? Math.max(0, Math.min(length, region.expectedBytes() - offset)) : length;
    }

    private static int intact(final Region region, final int offset, final int length) {
        return region.isShared() ? Math.max(0, Math.min(length, region.intactBytes() - offset)) : length;
    }
}
