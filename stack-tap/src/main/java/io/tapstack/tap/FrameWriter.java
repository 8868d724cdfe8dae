package io.tapstack.tap;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;

/**
 * Hands frames to the kernel: a contiguous one by one {@code write(2)}, one in pieces by {@code writev(2)} straight out of the
 * regions that the pieces live in. Allocates nothing.
 *
 * <p>Confined to whoever runs the stack.
 */
final class FrameWriter {

    /** The kernel has taken the frame. */
    static final int TAKEN = 0;

    private static final int POINTER_BYTES = 8;
    private static final int IOVEC_BYTES = 16;

    /** A virtio header and the contiguous part come before the slices. */
    private static final int MAX_IOVECS = PacketBuffer.MAX_SLICES + 2;

    private final int fd;
    private final int headerBytes;
    private final NativeStruct header = new NativeStruct(VirtioNetHeader.BYTES);

    /** {@code struct iovec[]}: the address of each piece, and 8 bytes behind it its length. */
    private final NativeStruct iovecs = new NativeStruct(MAX_IOVECS * IOVEC_BYTES);

    private int iovecCount;

    /**
     * @param headerBytes {@link VirtioNetHeader#BYTES}, or 0 if the TAP has no such header
     */
    FrameWriter(final int fd, final int headerBytes) {
        this.fd = fd;
        this.headerBytes = headerBytes;
    }

    /**
     * Hands a frame over, which stays the caller's.
     *
     * @return {@link #TAKEN} or the error number
     */
    int write(final PacketBuffer frame) {
        long written;
        do {
            written = hasRoomForHeader(frame) ? writeContiguous(frame) : writeGathered(frame);
            if (written >= 0) {
                return TAKEN;
            }
        } while (LibC.errno() == LibC.EINTR);
        return LibC.errno();
    }

    /** The header may stand in the frame's headroom if that is nobody else's. */
    private boolean hasRoomForHeader(final PacketBuffer frame) {
        return frame.sliceCount() == 0
                && (headerBytes == 0
                        || frame.head() >= headerBytes && frame.memory().references() == 1);
    }

    private long writeContiguous(final PacketBuffer frame) {
        final Region memory = frame.memory();
        final int start = frame.head() - headerBytes;
        if (headerBytes > 0) {
            VirtioNetHeader.encode(frame, memory.bytes(), start);
        }
        return LibC.CALLS.write(fd, NativeAddress.of(memory) + start, frame.tail() - start);
    }

    private long writeGathered(final PacketBuffer frame) {
        iovecCount = 0;
        if (headerBytes > 0) {
            VirtioNetHeader.encode(frame, header.bytes, 0);
            gather(header.address, headerBytes);
        }
        gather(NativeAddress.of(frame.memory()) + frame.head(), frame.contiguousLength());
        for (int i = 0; i < frame.sliceCount(); i++) {
            gather(NativeAddress.of(frame.sliceRegion(i)) + frame.sliceOffset(i), frame.sliceLength(i));
        }
        return LibC.CALLS.writev(fd, iovecs.address, iovecCount);
    }

    private void gather(final long address, final int length) {
        final int at = iovecCount * IOVEC_BYTES;
        iovecs.bytes.putLong(at, address);
        iovecs.bytes.putLong(at + POINTER_BYTES, length);
        iovecCount++;
    }
}
