package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One frame, packet or segment on its way through the layers: a contiguous part with headroom, where headers are
 * prepended and stripped, and behind it references to payload that lives in other {@linkplain Region regions} and is
 * never copied.
 *
 * <pre>
 *   memory:  |  headroom  | headers (and received payload) |  tailroom  |
 *            0            head                             tail         capacity
 *   then     slice 0, slice 1, ...: (region, offset, length) each
 * </pre>
 *
 * A packet also carries requests to the device, in the terms of Linux's {@code struct virtio_net_hdr}: finish a
 * checksum, and cut a super-segment into segments of {@link #gsoSize()} bytes of payload. It has one owner at a time,
 * which releases it or hands it on. Confined to the holder of the stack's lock.
 */
public final class PacketBuffer {

    /** Most slices that one packet can refer to: 64 KiB out of 16 KiB blocks needs 5, a queue of small writes more. */
    public static final int MAX_SLICES = 32;

    private final BufferPool pool;
    private final Region[] sliceRegions = new Region[MAX_SLICES];
    private final int[] sliceOffsets = new int[MAX_SLICES];
    private final int[] sliceLengths = new int[MAX_SLICES];
    private int sliceCount;
    private int slicedBytes;

    private @Nullable Region memory;
    private int head;
    private int tail;

    private int gsoSize;
    private int linkHeaderLength;
    private int checksumStart;
    private int checksumOffset;
    private boolean checksumWanted;
    private boolean checksumTrusted;

    /** The next free packet while this one is in the pool, the next in the queue while a queue holds it. */
    @Nullable
    PacketBuffer nextFree;

    PacketBuffer(final BufferPool pool) {
        this.pool = pool;
    }

    void begin(final Region region, final int headroom) {
        this.memory = region;
        this.head = headroom;
        this.tail = headroom;
        this.gsoSize = 0;
        this.linkHeaderLength = 0;
        this.checksumWanted = false;
        this.checksumTrusted = false;
    }

    /** Releases the memory and all slices. The packet must not be used after this. */
    public void release() {
        dropSlices();
        final Region region = memory();
        memory = null;
        region.release();
        pool.takeBack(this);
    }

    // ---- The contiguous part

    /** The region under the contiguous part. Retain it to keep received payload after the packet is released. */
    public Region memory() {
        final Region region = memory;
        if (region == null) {
            throw new IllegalStateException("the packet was released");
        }
        return region;
    }

    /** Offset of the first byte of the contiguous part in {@link #memory()}. */
    public int head() {
        return head;
    }

    /** Offset behind the last byte of the contiguous part in {@link #memory()}. */
    public int tail() {
        return tail;
    }

    /** Bytes in the contiguous part. */
    public int contiguousLength() {
        return tail - head;
    }

    /** Bytes in all: the contiguous part and the slices. */
    public int length() {
        return tail - head + slicedBytes;
    }

    /** Bytes that can still be appended to the contiguous part. */
    public int tailroom() {
        return memory().capacity() - tail;
    }

    /**
     * Makes room for a header in front.
     *
     * @return the header's offset in {@link #memory()}
     */
    public int prepend(final int bytes) {
        if (bytes > head) {
            throw new IllegalStateException("headroom of " + head + " bytes is too small for " + bytes);
        }
        head -= bytes;
        return head;
    }

    /**
     * Extends the contiguous part.
     *
     * @return the offset of the new bytes in {@link #memory()}
     */
    public int append(final int bytes) {
        if (bytes > tailroom()) {
            throw new IllegalStateException("tailroom of " + tailroom() + " bytes is too small for " + bytes);
        }
        final int offset = tail;
        tail += bytes;
        return offset;
    }

    /** Strips the bytes of a header, which a layer has read, from the front of the contiguous part. */
    public void strip(final int bytes) {
        assert bytes <= contiguousLength();
        head += bytes;
    }

    /** Strips the link's header, which stays readable in front of the packet. */
    public void stripLinkHeader(final int bytes) {
        strip(bytes);
        linkHeaderLength = bytes;
    }

    /** Bytes of the link's header in front of a received packet; 0 if it has none. */
    public int linkHeaderLength() {
        return linkHeaderLength;
    }

    /** Cuts the contiguous part to {@code bytes}, to drop the padding of a short packet. */
    public void trimTo(final int bytes) {
        assert bytes <= contiguousLength();
        tail = head + bytes;
    }

    // ---- The slices

    /**
     * Appends a reference to payload, behind the contiguous part and the earlier slices; retains the region.
     *
     * @return false, and nothing happens, if the packet has {@link #MAX_SLICES} already
     */
    public boolean addSlice(final Region region, final int offset, final int length) {
        if (sliceCount == MAX_SLICES) {
            return false;
        }
        region.retain();
        sliceRegions[sliceCount] = region;
        sliceOffsets[sliceCount] = offset;
        sliceLengths[sliceCount] = length;
        sliceCount++;
        slicedBytes += length;
        return true;
    }

    public int sliceCount() {
        return sliceCount;
    }

    public Region sliceRegion(final int index) {
        return sliceRegions[index];
    }

    /** Offset of slice {@code index} in its region. */
    public int sliceOffset(final int index) {
        return sliceOffsets[index];
    }

    public int sliceLength(final int index) {
        return sliceLengths[index];
    }

    /** Releases all slices. */
    @SuppressWarnings("NullAway") // A cleared element is never read: sliceCount says how many are there.
    public void dropSlices() {
        for (int i = 0; i < sliceCount; i++) {
            sliceRegions[i].release();
            sliceRegions[i] = null;
        }
        sliceCount = 0;
        slicedBytes = 0;
    }

    /** Copies all bytes into a new array; for observers, not for the path of a packet. */
    public byte[] toArray() {
        final byte[] bytes = new byte[length()];
        copyTo(0, ByteBuffer.wrap(bytes), 0, bytes.length);
        return bytes;
    }

    /**
     * Copies {@code length} bytes from {@code from}, counted from the head and across slices, to {@code target}. Where
     * a file was cut short, its bytes are missing and the target keeps its own.
     */
    public void copyTo(final int from, final Region target, final int targetOffset, final int length) {
        copyTo(from, target.bytes(), targetOffset, length);
    }

    private void copyTo(final int from, final ByteBuffer target, final int targetOffset, final int length) {
        int skip = from;
        int to = targetOffset;
        int left = length;
        final int contiguous = contiguousLength();
        if (skip < contiguous) {
            final int part = Math.min(left, contiguous - skip);
            target.put(to, memory().bytes(), head + skip, part);
            to += part;
            left -= part;
            skip = 0;
        } else {
            skip -= contiguous;
        }
        for (int i = 0; i < sliceCount && left > 0; i++) {
            if (skip >= sliceLengths[i]) {
                skip -= sliceLengths[i];
                continue;
            }
            final int part = Math.min(left, sliceLengths[i] - skip);
            sliceRegions[i].copyTo(sliceOffsets[i] + skip, target, to, part);
            to += part;
            left -= part;
            skip = 0;
        }
        if (left > 0) {
            throw new IndexOutOfBoundsException(length + " bytes from " + from + " of a packet of " + length());
        }
    }

    /**
     * Copies all bytes into the contiguous part of a new packet, with the same requests to the device. The caller owns
     * the copy.
     *
     * @param copyPool where its memory comes from
     * @param headroom bytes to leave free in front
     */
    public PacketBuffer copy(final BufferPool copyPool, final int headroom) {
        final int length = length();
        final PacketBuffer copy = copyPool.packet(headroom + length, headroom);
        copyTo(0, copy.memory(), copy.append(length), length);
        copy.gsoSize = gsoSize;
        copy.checksumWanted = checksumWanted;
        copy.checksumStart = headroom + checksumStart - head;
        copy.checksumOffset = checksumOffset;
        copy.checksumTrusted = checksumTrusted;
        return copy;
    }

    /**
     * Copies the frame into another pool's memory, all of it in the contiguous part, and releases this one. See
     * {@link #copy}.
     */
    public PacketBuffer moveTo(final BufferPool otherPool, final int headroom) {
        final PacketBuffer moved = copy(otherPool, headroom);
        release();
        return moved;
    }

    // ---- Requests to the device, and its marks

    /** Payload bytes of each segment that the device cuts this super-segment into, or 0 for a plain frame. */
    public int gsoSize() {
        return gsoSize;
    }

    public void gsoSize(final int bytes) {
        this.gsoSize = bytes;
    }

    /**
     * Asks the device to finish a checksum: sum everything from {@code start} (an offset in {@link #memory()}) to the
     * end of the packet and store the result {@code offset} bytes behind {@code start}, where the sum of the
     * pseudo-header stands now.
     */
    public void requestChecksum(final int start, final int offset) {
        this.checksumWanted = true;
        this.checksumStart = start;
        this.checksumOffset = offset;
    }

    public boolean checksumWanted() {
        return checksumWanted;
    }

    /** Withdraws the request: the checksum was computed in software. */
    public void checksumDone() {
        this.checksumWanted = false;
    }

    /** Where summing starts, as an offset in {@link #memory()}. */
    public int checksumStart() {
        return checksumStart;
    }

    /** Where the sum is stored, in bytes behind {@link #checksumStart()}. */
    public int checksumOffset() {
        return checksumOffset;
    }

    /** True if the device vouches for the transport checksum of this received packet. */
    public boolean checksumTrusted() {
        return checksumTrusted;
    }

    public void checksumTrusted(final boolean trusted) {
        this.checksumTrusted = trusted;
    }
}
