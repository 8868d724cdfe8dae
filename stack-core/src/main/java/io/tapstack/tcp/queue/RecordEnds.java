package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * The ends of records in the send queue ({@code send(2)}, MSG_EOR). No segment spans the end of a record, in a
 * transmission, a retransmission or a super-segment: the peer gets each end as the end of a segment. A ring of sequence
 * numbers after the records, in order, with at most one per byte of the queue.
 */
public final class RecordEnds {

    private static final int FIRST_CAPACITY = 16;

    // The length is a power of two.
    private int[] ends = new int[FIRST_CAPACITY];
    private int first;
    private int count;

    /** Adds the end of a record at {@code end}, not before previous ends. */
    public void add(final int end) {
        if (count > 0 && at(count - 1) == end) {
            return;
        }
        if (count == ends.length) {
            final int[] larger = Arrays.copyOfRange(ends, first, first + 2 * count);
            System.arraycopy(ends, 0, larger, count - first, first);
            ends = larger;
            first = 0;
        }
        ends[(first + count) & (ends.length - 1)] = end;
        count++;
    }

    /** Removes the ends before {@code una}, which are acknowledged. */
    public void acknowledged(final int una) {
        while (count > 0 && SequenceNumber.lessOrEqual(at(0), una)) {
            first = (first + 1) & (ends.length - 1);
            count--;
        }
    }

    /** Returns how many of {@code length} bytes from {@code seq} belong to one record. */
    public int limit(final int seq, final int length) {
        final int index = firstBehind(seq);
        return index == count ? length : Math.min(length, at(index) - seq);
    }

    /** True if a record ends at {@code seq}. */
    public boolean isEnd(final int seq) {
        final int index = firstBehind(seq - 1);
        return index < count && at(index) == seq;
    }

    /** Index of the first end after {@code seq}; the count if there is none. */
    private int firstBehind(final int seq) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.lessOrEqual(at(middle), seq)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int at(final int index) {
        return ends[(first + index) & (ends.length - 1)];
    }
}
