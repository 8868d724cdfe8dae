package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;

/**
 * The ends of pushed segments, after which the send queue was empty (RFC 9293 3.8.2, MUST-61). A retransmitted segment
 * has PSH exactly if the original had it. Only the latest marks are kept; before them any segment may have PSH.
 */
public final class PushMarks {

    private static final int MARKS = 8;

    // A ring of sequence numbers after pushed segments.
    private final int[] marks = new int[MARKS];
    private int count;

    /** Records a push up to {@code end}. */
    public void add(final int end) {
        marks[count++ % MARKS] = end;
        if (count == 2 * MARKS) {
            count = MARKS;
        }
    }

    /** True if a segment that ends at {@code end} was, or may have been, pushed. */
    public boolean contains(final int end) {
        final int kept = Math.min(count, MARKS);
        int oldest = end;
        for (int i = 0; i < kept; i++) {
            if (marks[i] == end) {
                return true;
            }
            oldest = SequenceNumber.min(oldest, marks[i]);
        }
        return kept == MARKS && oldest == end;
    }
}
