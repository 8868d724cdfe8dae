package io.tapstack.tcp.queue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Out-of-order segments (RFC 9293 3.10.7.4, seventh: out-of-order segments SHOULD be queued), as pieces in order of
 * sequence number, without overlaps.
 *
 * <p>Large payload is referred to in place. Small payload is copied behind its predecessor, so that the data behind a
 * hole makes few pieces and holds little more memory than its bytes. A segment costs one search and one move of at most
 * {@link #MAX_PIECES} entries, and adds at most three pieces; a peer that sends every second byte (the SegmentSmack
 * attack) fills the queue and is refused. The caller limits the memory: data far from RCV.NXT makes room for nearer
 * data. The dropped data was not acknowledged, only perhaps reported by SACK, which is no promise (RFC 2018 8).
 */
public final class ReassemblyQueue {

    /** Limit of the pieces; consecutive small segments make pieces of 16 KiB, so a window of 6 MiB has room. */
    public static final int MAX_PIECES = 1_024;

    /** Payload of this size or more is referred to, as it fills half of its block. */
    private static final int LARGE = BufferPool.BLOCK / 2;

    private final BufferPool pool;
    private Region[] regions = new Region[0];
    private int[] offsets = new int[0];
    private int[] lengths = new int[0];
    private int[] sequences = new int[0];
    private int[] rooms = new int[0]; // behind the payload in its region, for copies
    private int count;
    private int chargedBytes;
    private boolean pruned;

    public ReassemblyQueue(final BufferPool pool) {
        this.pool = pool;
    }

    /** True if the queue has no pieces. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Number of pieces. */
    public int pieces() {
        return count;
    }

    /** Memory of the stack that the queue holds, in bytes. */
    public int chargedBytes() {
        return chargedBytes;
    }

    /**
     * Adds the new parts of {@code length} bytes at {@code sequence}; a piece in the middle of them is replaced.
     *
     * @param limitBytes limit of the memory that the queue holds
     * @return false if there are new bytes and no room for them
     */
    public boolean insert(
            final int sequence, final Region region, final int offset, final int length, final int limitBytes) {
        int start = sequence;
        int end = sequence + length;
        int index = firstEndingAfter(start);
        while (index < count && SequenceNumber.lessOrEqual(sequences[index], start)) {
            start = endOf(index++);
        }
        if (SequenceNumber.lessOrEqual(end, start)) {
            return true;
        }
        int last = index;
        while (last < count && SequenceNumber.lessOrEqual(endOf(last), end)) {
            last++;
        }
        if (last < count) {
            end = SequenceNumber.min(end, sequences[last]);
        }
        remove(index, last);
        final boolean kept = keep(index, start, region, offset + (start - sequence), end - start, limitBytes);
        pruned |= !kept && index < last;
        return kept;
    }

    /** True once after kept pieces were dropped: SACK has reported data that is gone. */
    public boolean takePruned() {
        final boolean was = pruned;
        pruned = false;
        return was;
    }

    /** Sequence number after the last piece; {@code rcvNxt} if the queue is empty. */
    public int end(final int rcvNxt) {
        return count == 0 ? rcvNxt : endOf(count - 1);
    }

    /** True if a piece starts at or before {@code rcvNxt}, so that it can be delivered. */
    boolean isReady(final int rcvNxt) {
        return count > 0 && SequenceNumber.lessOrEqual(sequences[0], rcvNxt);
    }

    /**
     * Moves the data in order from {@code rcvNxt} to {@code target}.
     *
     * @return the new RCV.NXT
     */
    public int deliver(final int rcvNxt, final ReceiveQueue target) {
        int next = rcvNxt;
        int delivered = 0;
        while (delivered < count && SequenceNumber.lessOrEqual(sequences[delivered], next)) {
            final int skip = next - sequences[delivered];
            if (skip < lengths[delivered]) {
                target.append(regions[delivered], offsets[delivered] + skip, lengths[delivered] - skip);
                next = endOf(delivered);
            }
            delivered++;
        }
        remove(0, delivered);
        return next;
    }

    /** Drops the pieces farthest from RCV.NXT until the stack has enough memory, or the queue is empty. */
    public void prune() {
        while (count > 0 && pool.underPressure()) {
            dropLast();
        }
    }

    /** Removes all pieces. */
    public void clear() {
        remove(0, count);
    }

    /** Adds bytes between two pieces, of which the second one has this index. */
    private boolean keep(
            final int index,
            final int sequence,
            final Region region,
            final int offset,
            final int length,
            final int limitBytes) {
        if (length >= LARGE && length >= region.capacity() / 2) {
            if (!makeRoom(index, region.capacity(), limitBytes)) {
                return false;
            }
            region.retain();
            add(index, sequence, region, offset, length, 0);
            return true;
        }
        int at = index;
        int copied = follow(at - 1, sequence, region, offset, length);
        while (copied < length) {
            final int rest = length - copied;
            final int size = blockSize(at - 1, sequence + copied, rest);
            if (!makeRoom(at, size, limitBytes)) {
                return false;
            }
            final Region block = pool.region(size);
            final int part = Math.min(rest, block.capacity());
            block.bytes().put(0, region.bytes(), offset + copied, part);
            add(at, sequence + copied, block, 0, part, block.capacity() - part);
            copied += part;
            at++;
        }
        return true;
    }

    /**
     * Copies bytes behind the piece {@code before} as far as it has room, if they continue it.
     *
     * @return the number of bytes copied
     */
    private int follow(final int before, final int sequence, final Region region, final int offset, final int length) {
        if (before < 0 || endOf(before) != sequence) {
            return 0;
        }
        final int part = Math.min(length, rooms[before]);
        regions[before].bytes().put(offsets[before] + lengths[before], region.bytes(), offset, part);
        lengths[before] += part;
        rooms[before] -= part;
        return part;
    }

    /**
     * Returns the block size of a copy: the next size above that of its predecessor, so that a long run makes few
     * pieces.
     */
    private int blockSize(final int before, final int sequence, final int length) {
        final boolean goesOn = before >= 0 && endOf(before) == sequence;
        if (!goesOn && length <= BufferPool.SMALL) {
            return BufferPool.SMALL;
        }
        final boolean small = goesOn ? regions[before].capacity() <= BufferPool.SMALL : true;
        return small && length <= BufferPool.FRAME ? BufferPool.FRAME : BufferPool.BLOCK;
    }

    /**
     * Drops pieces from the far end, but none before {@code index}.
     *
     * @return true if there is room for one more of {@code size} bytes
     */
    private boolean makeRoom(final int index, final int size, final int limitBytes) {
        while (count > index && (count == MAX_PIECES || chargedBytes + size > limitBytes)) {
            dropLast();
        }
        return count < MAX_PIECES && chargedBytes + size <= limitBytes;
    }

    private void dropLast() {
        remove(count - 1, count);
        pruned = true;
    }

    private void add(
            final int index,
            final int sequence,
            final Region region,
            final int offset,
            final int length,
            final int room) {
        if (count == regions.length) {
            grow();
        }
        final int moved = count - index;
        if (moved > 0) {
            System.arraycopy(regions, index, regions, index + 1, moved);
            System.arraycopy(offsets, index, offsets, index + 1, moved);
            System.arraycopy(lengths, index, lengths, index + 1, moved);
            System.arraycopy(sequences, index, sequences, index + 1, moved);
            System.arraycopy(rooms, index, rooms, index + 1, moved);
        }
        regions[index] = region;
        offsets[index] = offset;
        lengths[index] = length;
        sequences[index] = sequence;
        rooms[index] = room;
        chargedBytes += region.capacity();
        count++;
    }

    /** Index of the first piece that ends after {@code sequence}, by binary search. */
    private int firstEndingAfter(final int sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.greaterThan(endOf(middle), sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int endOf(final int index) {
        return sequences[index] + lengths[index];
    }

    /** Removes the pieces from {@code from} up to, but without, {@code to}. */
    @SuppressWarnings("NullAway") // A cleared element is never read: count limits the index.
    private void remove(final int from, final int to) {
        if (from == to) {
            return;
        }
        for (int i = from; i < to; i++) {
            chargedBytes -= regions[i].capacity();
            regions[i].release();
        }
        final int moved = count - to;
        System.arraycopy(regions, to, regions, from, moved);
        System.arraycopy(offsets, to, offsets, from, moved);
        System.arraycopy(lengths, to, lengths, from, moved);
        System.arraycopy(sequences, to, sequences, from, moved);
        System.arraycopy(rooms, to, rooms, from, moved);
        Arrays.fill(regions, from + moved, count, null);
        count = from + moved;
    }

    private void grow() {
        final int capacity = Math.max(8, regions.length * 2);
        regions = Arrays.copyOf(regions, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
        rooms = Arrays.copyOf(rooms, capacity);
    }
}
