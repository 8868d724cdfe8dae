package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries frames from one stack to another. The memory of a pool belongs to one stack, so frames travel as copies, in a
 * ring of bytes: bounded, for large and for small frames, and without a lock.
 *
 * <pre>
 *   | length | offload | bytes of the frame, up to a multiple of 8 | length | ...
 *   0        4         8
 *
 *   length    of the frame, or -1: the next frame is at the start of the ring
 *   offload   segment size of a super-segment times 2, plus 1 if the device vouches for the checksum
 * </pre>
 *
 * One stack puts frames in, another takes them out, each with its own lock held.
 */
final class FrameMailbox {

    /** Room for a dozen super-segments, or for thousands of plain ACKs. */
    static final int CAPACITY = 1 << 19;

    private static final int MASK = CAPACITY - 1;
    private static final int OFFLOAD_OFFSET = 4;
    private static final int HEADER = 8;
    private static final int AT_THE_START = -1;

    /** Free bytes in front of a frame, for the header of a decorator, and to align the IP header behind Ethernet. */
    private static final int HEADROOM = 18;

    // Bytes in all; the ring holds those between the two counters.
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    // Made with the first frame, as most mailboxes never get one; visible to the taking thread through `written`.
    private @Nullable Ring ring;

    /**
     * Copies a frame into the mailbox; the frame stays the caller's.
     *
     * @return false if there is no room for it
     */
    boolean put(final PacketBuffer frame) {
        final int length = frame.length();
        final int size = size(length);
        final long position = written.get();
        final int toTheEnd = CAPACITY - at(position);
        final int skipped = toTheEnd < size ? toTheEnd : 0;
        if (position + skipped + size - taken.get() > CAPACITY) {
            return false;
        }
        final Ring memory = ring();
        if (skipped > 0) {
            memory.bytes().putInt(at(position), AT_THE_START);
        }
        final int start = at(position + skipped);
        memory.bytes().putInt(start, length);
        memory.bytes().putInt(start + OFFLOAD_OFFSET, frame.gsoSize() << 1 | (frame.checksumTrusted() ? 1 : 0));
        frame.copyTo(0, memory, start + HEADER, length);
        written.set(position + skipped + size);
        return true;
    }

    /** Takes the next frame, in memory of {@code pool}; null if there is none. */
    @Nullable
    PacketBuffer take(final BufferPool pool) {
        long position = taken.get();
        if (position == written.get()) {
            return null;
        }
        final ByteBuffer bytes = ring().bytes();
        if (bytes.getInt(at(position)) == AT_THE_START) {
            position += CAPACITY - at(position);
        }
        final int start = at(position);
        final int length = bytes.getInt(start);
        final int offload = bytes.getInt(start + OFFLOAD_OFFSET);
        final PacketBuffer frame = pool.packet(HEADROOM + length, HEADROOM);
        frame.memory().bytes().put(frame.append(length), bytes, start + HEADER, length);
        frame.gsoSize(offload >>> 1);
        frame.checksumTrusted((offload & 1) != 0);
        taken.set(position + size(length));
        return frame;
    }

    /** True if the mailbox is empty. Any thread. */
    boolean isEmpty() {
        return taken.get() == written.get();
    }

    private Ring ring() {
        Ring made = ring;
        if (made == null) {
            made = new Ring();
            ring = made;
        }
        return made;
    }

    private static int at(final long position) {
        return (int) position & MASK;
    }

    private static int size(final int length) {
        return HEADER + length + 7 & ~7;
    }

    private static final class Ring extends Region {

        Ring() {
            super(ByteBuffer.allocateDirect(CAPACITY));
        }

        @Override
        protected void recycle() {}
    }
}
