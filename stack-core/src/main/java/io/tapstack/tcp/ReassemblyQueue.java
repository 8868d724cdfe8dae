package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Segments that came before their turn (RFC 9293 3.10.7.4, seventh: out-of-order segments SHOULD be queued). Kept in order of
 * sequence numbers, without overlaps: of a byte that comes twice the first copy stays. Bounded in pieces as well as, by the
 * window, in bytes, so that a peer that sends every second byte costs a fixed sum and not a long walk (the SegmentSmack attack).
 */
final class ReassemblyQueue {

    /** Most pieces kept. A window of 1 MiB in full-sized Ethernet segments has 725. */
    static final int MAX_PIECES = 1_024;

    private final BufferPool pool;
    private Region[] regions = new Region[0];
    private int[] offsets = new int[0];
    private int[] lengths = new int[0];
    private int[] sequences = new int[0];
    private int count;

    ReassemblyQueue(final BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Pieces kept. */
    int pieces() {
        return count;
    }

    /**
     * Keeps what is new of {@code length} bytes at {@code sequence}.
     *
     * @return false if there was something new and no room for it
     */
    boolean insert(final int sequence, final Region region, final int offset, final int length) {
        int start = sequence;
        final int end = sequence + length;
        int index = firstEndingAfter(start);
        while (SequenceNumber.lessThan(start, end)) {
            // Everything before index ends at or before start.
            if (index < count && SequenceNumber.lessOrEqual(sequences[index], start)) {
                start = sequences[index] + lengths[index];
                index++;
                continue;
            }
            final int gapEnd = index < count ? SequenceNumber.min(sequences[index], end) : end;
            if (count == MAX_PIECES) {
                return false;
            }
            keep(index, start, region, offset + (start - sequence), gapEnd - start);
            start = gapEnd;
            index++;
        }
        return true;
    }

    /** True if there is a piece that starts at or before {@code rcvNxt}, so that it can be delivered. */
    boolean isReady(final int rcvNxt) {
        return count > 0 && SequenceNumber.lessOrEqual(sequences[0], rcvNxt);
    }

    /**
     * Moves everything that is in order from {@code rcvNxt} on to {@code target}.
     *
     * @return the new RCV.NXT
     */
    int deliver(final int rcvNxt, final ReceiveQueue target) {
        int next = rcvNxt;
        int delivered = 0;
        while (delivered < count && SequenceNumber.lessOrEqual(sequences[delivered], next)) {
            final int skip = next - sequences[delivered];
            if (skip < lengths[delivered]) {
                target.append(regions[delivered], offsets[delivered] + skip, lengths[delivered] - skip);
                next = sequences[delivered] + lengths[delivered];
            }
            regions[delivered].release();
            delivered++;
        }
        removeFirst(delivered);
        return next;
    }

    /** Forgets everything. */
    void clear() {
        for (int i = 0; i < count; i++) {
            regions[i].release();
        }
        removeFirst(count);
    }

    private void keep(final int index, final int sequence, final Region region, final int offset, final int length) {
        final Region kept;
        final int keptOffset;
        if (length >= region.capacity() / 2) {
            kept = region;
            keptOffset = offset;
            region.retain();
        } else {
            kept = pool.region(length);
            keptOffset = 0;
            kept.bytes().put(0, region.bytes(), offset, length);
        }
        if (count == regions.length) {
            grow();
        }
        final int moved = count - index;
        System.arraycopy(regions, index, regions, index + 1, moved);
        System.arraycopy(offsets, index, offsets, index + 1, moved);
        System.arraycopy(lengths, index, lengths, index + 1, moved);
        System.arraycopy(sequences, index, sequences, index + 1, moved);
        regions[index] = kept;
        offsets[index] = keptOffset;
        lengths[index] = length;
        sequences[index] = sequence;
        count++;
    }

    /** Index of the first piece that ends after {@code sequence}, by binary search. */
    private int firstEndingAfter(final int sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.greaterThan(sequences[middle] + lengths[middle], sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    @SuppressWarnings("NullAway") // A cleared element is never read: count says how many are there.
    private void removeFirst(final int removed) {
        if (removed == 0) {
            return;
        }
        final int left = count - removed;
        System.arraycopy(regions, removed, regions, 0, left);
        System.arraycopy(offsets, removed, offsets, 0, left);
        System.arraycopy(lengths, removed, lengths, 0, left);
        System.arraycopy(sequences, removed, sequences, 0, left);
        Arrays.fill(regions, left, count, null);
        count = left;
    }

    private void grow() {
        final int capacity = Math.max(8, regions.length * 2);
        regions = Arrays.copyOf(regions, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
    }
}
