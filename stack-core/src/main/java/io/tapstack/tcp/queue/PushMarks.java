package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;

/**
 * Where the stream was pushed: behind which of its last segments there was nothing more to be sent (RFC 9293 3.8.2,
 * MUST-61), so that a segment that is sent again has PSH exactly if it had it before. Only the last few marks are kept;
 * before those anything may be one.
 */
public final class PushMarks {

    private static final int MARKS = 8;

    // A ring of sequence numbers behind a pushed segment.
    private final int[] marks = new int[MARKS];
    private int count;

    /** The stream was pushed up to {@code end}. */
    public void add(final int end) {
        marks[count++ % MARKS] = end;
        if (count == 2 * MARKS) {
            count = MARKS;
        }
    }

    /** Whether a segment that ends at {@code end} was, or may have been, pushed. */
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
