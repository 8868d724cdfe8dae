package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from the kernel, each by one {@code read(2)} into a block for the largest frame. A frame that fits a
 * smaller block is moved there, so that a queue that keeps a small frame does not keep 64 KiB; a large one stays in its
 * block.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class FrameReader {

    /** Free bytes in front of a frame, for a virtio header, and to align the IP header behind 14 bytes of Ethernet. */
    static final int HEADROOM = 18;

    /** Ethernet and one VLAN tag. */
    private static final int LINK_HEADER_BYTES = 18;

    private static final int LARGEST_PACKET = 65_535;

    private final int fd;
    private final int headerBytes;
    private final int landingBytes;
    private final int moveUpToBytes;
    private int errno;

    /**
     * @param headerBytes {@link VirtioNetHeader#BYTES}, or 0 if the TAP has no such header
     * @param mtu largest IP packet that is not a super-segment
     */
    FrameReader(final int fd, final int headerBytes, final int mtu) {
        this.fd = fd;
        this.headerBytes = headerBytes;
        this.landingBytes = HEADROOM + LINK_HEADER_BYTES + largestPacket(headerBytes, mtu);
        this.moveUpToBytes = blockBelow(landingBytes) - HEADROOM;
    }

    /**
     * Takes a frame.
     *
     * @return the next frame, or null if there is none or the call failed, as {@link #errno()} says
     */
    @Nullable
    PacketBuffer read(final BufferPool pool) {
        final PacketBuffer landing = pool.packet(landingBytes, HEADROOM);
        final Region memory = landing.memory();
        final int start = HEADROOM - headerBytes;
        long count;
        do {
            count = LibC.CALLS.read(fd, NativeAddress.of(memory) + start, memory.capacity() - start);
            errno = count < 0 ? LibC.errno() : 0;
        } while (errno == LibC.EINTR);
        if (count < headerBytes) {
            landing.release();
            return null;
        }
        landing.append((int) count - headerBytes);
        final PacketBuffer frame =
                landing.length() <= moveUpToBytes ? frame(pool, memory.bytes(), HEADROOM, landing.length()) : landing;
        if (headerBytes > 0) {
            VirtioNetHeader.decode(memory.bytes(), start, frame);
        }
        if (frame != landing) {
            landing.release();
        }
        return frame;
    }

    /** The error number of the last {@link #read} without a frame: EAGAIN if there was none. */
    int errno() {
        return errno;
    }

    /**
     * The room for a frame with its virtio header: that of a block, as hosts on a bridge send frames with more tags
     * than one.
     *
     * @param packetBytes largest IP packet
     */
    static int room(final int headerBytes, final int packetBytes) {
        final int least = HEADROOM + LINK_HEADER_BYTES + packetBytes;
        final int block;
        if (least <= BufferPool.FRAME) {
            block = BufferPool.FRAME;
        } else {
            block = least <= BufferPool.BLOCK ? BufferPool.BLOCK : BufferPool.SUPER;
        }
        return block - HEADROOM + headerBytes;
    }

    /** Copies a frame into a block of its size. */
    static PacketBuffer frame(final BufferPool pool, final ByteBuffer source, final int at, final int length) {
        final PacketBuffer frame = pool.packet(HEADROOM + length, HEADROOM);
        frame.append(length);
        frame.memory().bytes().put(HEADROOM, source, at, length);
        return frame;
    }

    /** The largest IP packet that a TAP delivers. */
    static int largestPacket(final int headerBytes, final int mtu) {
        return headerBytes > 0 ? LARGEST_PACKET : mtu;
    }

    /** The next smaller size of block than that for {@code bytes}. */
    private static int blockBelow(final int bytes) {
        if (bytes <= BufferPool.FRAME) {
            return BufferPool.SMALL;
        }
        return bytes <= BufferPool.BLOCK ? BufferPool.FRAME : BufferPool.BLOCK;
    }
}
