package io.tapstack.tap;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to the kernel: a contiguous frame by one {@code write(2)}, one with slices by {@code writev(2)}
 * straight out of their regions. Allocates nothing, except room for one frame when the kernel cannot read a mapped
 * file.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class FrameWriter {

    /** Headers of virtio and Ethernet, a VLAN tag, and the largest packet. */
    private static final int MAX_FRAME_BYTES = VirtioNetHeader.BYTES + 18 + 65_535;

    private static final int POINTER_BYTES = 8;
    private static final int IOVEC_BYTES = 16;

    /** A virtio header and the contiguous part come before the slices. */
    private static final int MAX_IOVECS = PacketBuffer.MAX_SLICES + 2;

    private final int fd;
    private final int headerBytes;
    private final NativeStruct header = new NativeStruct(VirtioNetHeader.BYTES);

    /** {@code struct iovec[]}: the address of each piece, and 8 bytes behind it the length. */
    private final NativeStruct iovecs = new NativeStruct(MAX_IOVECS * IOVEC_BYTES);

    private int iovecCount;
    private @Nullable NativeStruct copy; // made when the first frame needs it

    /** @param headerBytes {@link VirtioNetHeader#BYTES}, or 0 if the TAP has no such header */
    FrameWriter(final int fd, final int headerBytes) {
        this.fd = fd;
        this.headerBytes = headerBytes;
    }

    /**
     * Writes a frame, which stays the caller's.
     *
     * @return {@link FrameTransfer#TAKEN} or the error number
     */
    int write(final PacketBuffer frame) {
        long written;
        do {
            written = hasRoomForHeader(frame) ? writeContiguous(frame) : writeGathered(frame);
            if (written >= 0) {
                return FrameTransfer.TAKEN;
            }
        } while (LibC.errno() == LibC.EINTR);
        final int error = LibC.errno();
        return error == LibC.EFAULT && hasSharedSlice(frame) ? writeCopied(frame) : error;
    }

    static boolean hasSharedSlice(final PacketBuffer frame) {
        for (int i = 0; i < frame.sliceCount(); i++) {
            if (frame.sliceRegion(i).isShared()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies the frame, after the kernel could not read a page of a mapping. {@code read(2)} may still get the bytes:
     * of a file with holes on a full tmpfs, which has no page to map there, or of a file whose page was missing only
     * then.
     *
     * @return {@link LibC#EFAULT} if {@code read(2)} cannot get the bytes either
     */
    private int writeCopied(final PacketBuffer frame) {
        if (copy == null) {
            copy = new NativeStruct(MAX_FRAME_BYTES);
        }
        if (!copy(frame, headerBytes, copy.bytes, 0)) {
            return LibC.EFAULT;
        }
        return write(fd, copy.address, headerBytes + frame.length());
    }

    /**
     * Puts a frame and its header together.
     *
     * @return false if bytes of a mapped file are gone
     */
    static boolean copy(final PacketBuffer frame, final int headerBytes, final ByteBuffer target, final int start) {
        if (headerBytes > 0) {
            VirtioNetHeader.encode(frame, target, start);
        }
        int at = start + headerBytes;
        target.put(at, frame.memory().bytes(), frame.head(), frame.contiguousLength());
        at += frame.contiguousLength();
        for (int i = 0; i < frame.sliceCount(); i++) {
            final int length = frame.sliceLength(i);
            if (frame.sliceRegion(i).copyTo(frame.sliceOffset(i), target, at, length) < length) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /**
     * Writes a frame that is in one piece.
     *
     * @return {@link FrameTransfer#TAKEN} or the error number
     */
    static int write(final int fd, final long address, final int length) {
        long written;
        do {
            written = LibC.CALLS.write(fd, address, length);
        } while (written < 0 && LibC.errno() == LibC.EINTR);
        return written < 0 ? LibC.errno() : FrameTransfer.TAKEN;
    }

    /** The header may go into the frame's headroom if no other reference to it exists. */
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
