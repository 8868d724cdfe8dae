package io.tapstack.buffer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue of slices, which are references to bytes in regions. Bytes are appended at the back and dropped at the front;
 * bytes that are copied in are collected in blocks of the pool, so that many small writes share a block. Positions are
 * counted from the first byte in the queue.
 *
 * <p>The queue accounts for its memory: whole blocks, each charged once. Slices of shared regions (mapped files) hold
 * no memory of the stack and are counted apart. Allocates only while it grows; an empty queue holds no block. Confined
 * to the holder of the stack's lock.
 */
public final class SliceQueue {

    private static final int FIRST_CAPACITY = 4;

    private final BufferPool pool;

    // Circular arrays of a length that is a power of two. Starts are offsets in the stream of all bytes ever appended.
    private Region[] regions = new Region[0];
    private int[] offsets = new int[0];
    private int[] lengths = new int[0];
    private int[] charges = new int[0];
    private long[] starts = new long[0];
    private int first;
    private int count;

    private long front;
    private long end;
    private int chargedBytes; // without the fill block
    private int sharedBytes; // of whole slices

    // The block that collects copies, while it has room.
    private @Nullable Region fillBlock;
    private int fillUsed;

    /** @param pool where blocks for copies come from */
    public SliceQueue(final BufferPool pool) {
        this.pool = pool;
    }

    /** Bytes in the queue. */
    public int length() {
        return (int) (end - front);
    }

    public boolean isEmpty() {
        return end == front;
    }

    /** Capacity of the stack's blocks that the queue holds, in bytes. */
    public int chargedBytes() {
        final Region block = fillBlock;
        return block == null ? chargedBytes : chargedBytes + block.capacity();
    }

    /** Bytes in shared regions. */
    public int sharedBytes() {
        final boolean firstIsShared = count > 0 && regions[slot(0)].isShared();
        return firstIsShared ? sharedBytes - gone(slot(0)) : sharedBytes;
    }

    /** The number of slices. */
    public int slices() {
        return count;
    }

    public Region region(final int slice) {
        return regions[slot(slice)];
    }

    /** Offset in its region of the first byte of {@code slice} that is still in the queue. */
    public int offset(final int slice) {
        final int slot = slot(slice);
        return offsets[slot] + gone(slot);
    }

    /** Bytes of {@code slice} that are still in the queue. */
    public int length(final int slice) {
        final int slot = slot(slice);
        return lengths[slot] - gone(slot);
    }

    /** Position of the first byte of {@code slice}: 0 or more. */
    public int position(final int slice) {
        return (int) (Math.max(starts[slot(slice)], front) - front);
    }

    /** The slice that holds the byte at {@code position}; by binary search. */
    public int sliceAt(final int position) {
        final long at = front + position;
        int low = 0;
        int high = count - 1;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (starts[slot(middle)] <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Appends bytes by reference; retains the region. */
    public void append(final Region region, final int offset, final int length) {
        if (length == 0) {
            return;
        }
        // A region is charged whole, and once if its slices follow each other.
        final boolean goesOn = count > 0 && regions[slot(count - 1)] == region;
        add(region, offset, length, region.isShared() || goesOn ? 0 : region.capacity());
    }

    /**
     * Appends bytes by reference if they fill at least half of their region, else by copying. So a queue never holds
     * much more memory than twice its bytes, however small the pieces are.
     */
    public void appendOrCopy(final Region region, final int offset, final int length) {
        if (length >= region.capacity() / 2) {
            append(region, offset, length);
        } else {
            copyIn(region, offset, length);
        }
    }

    private void add(final Region region, final int offset, final int length, final int charge) {
        if (count == regions.length) {
            grow();
        }
        final int slot = slot(count);
        region.retain();
        regions[slot] = region;
        offsets[slot] = offset;
        lengths[slot] = length;
        starts[slot] = end;
        charges[slot] = charge;
        count++;
        end += length;
        chargedBytes += charge;
        if (region.isShared()) {
            sharedBytes += length;
        }
    }

    /**
     * Appends up to {@code limit} bytes by copying them.
     *
     * @return the number of bytes taken; the position of {@code source} has moved by it
     */
    public int copyIn(final ByteBuffer source, final int limit) {
        final int taken = Math.min(limit, source.remaining());
        for (int left = taken; left > 0; ) {
            final Region block = fillBlock(left);
            final int part = Math.min(left, block.capacity() - fillUsed);
            block.bytes().put(fillUsed, source, source.position(), part);
            source.position(source.position() + part);
            filled(block, part);
            left -= part;
        }
        return taken;
    }

    /** Appends bytes by copying them out of {@code region}. */
    public void copyIn(final Region region, final int offset, final int length) {
        for (int copied = 0; copied < length; ) {
            final Region block = fillBlock(length - copied);
            final int part = Math.min(length - copied, block.capacity() - fillUsed);
            block.bytes().put(fillUsed, region.bytes(), offset + copied, part);
            filled(block, part);
            copied += part;
        }
    }

    /** Drops the first {@code bytes}; a block is free when no other reference to it is left. */
    public void drop(final int bytes) {
        front += bytes;
        assert front <= end;
        while (count > 0 && starts[slot(0)] + lengths[slot(0)] <= front) {
            dropFirst();
        }
        if (count == 0) {
            releaseFillBlock();
        }
    }

    /** Drops everything. */
    public void clear() {
        drop(length());
    }

    private Region fillBlock(final int wanted) {
        Region block = fillBlock;
        if (block == null) {
            block = pool.region(blockSize(wanted));
            fillBlock = block;
            fillUsed = 0;
        }
        return block;
    }

    /** A connection that sends or receives a little now and then should not hold a large block. */
    private int blockSize(final int wanted) {
        if (count == 0 && wanted <= BufferPool.SMALL) {
            return BufferPool.SMALL;
        }
        return count <= 1 && wanted <= BufferPool.FRAME ? BufferPool.FRAME : BufferPool.BLOCK;
    }

    private void releaseFillBlock() {
        final Region block = fillBlock;
        if (block != null) {
            fillBlock = null;
            block.release();
        }
    }

    private void filled(final Region block, final int length) {
        final int last = slot(count - 1);
        if (count > 0 && regions[last] == block && offsets[last] + lengths[last] == fillUsed) {
            lengths[last] += length;
            end += length;
        } else {
            add(block, fillUsed, length, 0);
        }
        fillUsed += length;
        if (fillUsed == block.capacity()) {
            // Other slices may lie between two pieces of a block. The block is held until the last piece goes, and
            // charged there.
            charges[slot(count - 1)] += block.capacity();
            chargedBytes += block.capacity();
            releaseFillBlock();
        }
    }

    @SuppressWarnings("NullAway") // A cleared element is never read: first and count say which are there.
    private void dropFirst() {
        final int slot = slot(0);
        chargedBytes -= charges[slot];
        // A block that continues in the next slice is still held, and charged there.
        if (count > 1 && regions[slot(1)] == regions[slot]) {
            charges[slot(1)] += charges[slot];
            chargedBytes += charges[slot];
        }
        if (regions[slot].isShared()) {
            sharedBytes -= lengths[slot];
        }
        regions[slot].release();
        regions[slot] = null;
        first = slot(1);
        count--;
    }

    private int gone(final int slot) {
        return (int) Math.max(0, front - starts[slot]);
    }

    private int slot(final int slice) {
        return (first + slice) & (regions.length - 1);
    }

    private void grow() {
        final int capacity = Math.max(FIRST_CAPACITY, regions.length * 2);
        final int tail = regions.length - first;
        final Region[] newRegions = Arrays.copyOfRange(regions, first, first + capacity);
        System.arraycopy(regions, 0, newRegions, tail, first);
        final long[] newStarts = Arrays.copyOfRange(starts, first, first + capacity);
        System.arraycopy(starts, 0, newStarts, tail, first);
        offsets = unroll(offsets, capacity);
        lengths = unroll(lengths, capacity);
        charges = unroll(charges, capacity);
        regions = newRegions;
        starts = newStarts;
        first = 0;
    }

    private int[] unroll(final int[] line, final int capacity) {
        final int[] unrolled = Arrays.copyOfRange(line, first, first + capacity);
        System.arraycopy(line, 0, unrolled, line.length - first, first);
        return unrolled;
    }
}
