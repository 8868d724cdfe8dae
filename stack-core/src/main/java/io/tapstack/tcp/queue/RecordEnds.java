package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Where records of the send queue end ({@code send(2)}, MSG_EOR): a segment never has bytes of two, whether it is sent
 * for the first time, again or as a super-segment, so that the peer gets each record's end as the end of a segment. A
 * ring of the sequence numbers behind the records' last bytes, in order; it has at most one for each byte of the queue.
 */
public final class RecordEnds {

    private static final int FIRST_CAPACITY = 16;

    // Of a length that is a power of two.
    private int[] ends = new int[FIRST_CAPACITY];
    private int first;
    private int count;

    /** A record ends at {@code end}, which is not before those that were added. */
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

    /** What lies before {@code una} is acknowledged. */
    public void acknowledged(final int una) {
        while (count > 0 && SequenceNumber.lessOrEqual(at(0), una)) {
            first = (first + 1) & (ends.length - 1);
            count--;
        }
    }

    /** How many of {@code length} bytes from {@code seq} on belong to one record. */
    public int limit(final int seq, final int length) {
        final int index = firstBehind(seq);
        return index == count ? length : Math.min(length, at(index) - seq);
    }

    /** True if a record ends at {@code seq}. */
    public boolean isEnd(final int seq) {
        final int index = firstBehind(seq - 1);
        return index < count && at(index) == seq;
    }

    /** Index of the first end that lies behind {@code seq}; the count if there is none. */
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
