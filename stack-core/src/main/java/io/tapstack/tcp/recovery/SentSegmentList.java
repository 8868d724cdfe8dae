package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/** A list of scoreboard entries, linked through the entries themselves. */
final class SentSegmentList {

    private @Nullable SentSegment first;
    private @Nullable SentSegment last;

    // The last entry inserted by sequence number: the next one mostly follows it.
    private @Nullable SentSegment hint;

    @Nullable
    SentSegment first() {
        return first;
    }

    void append(final SentSegment segment) {
        insertAfter(last, segment);
    }

    /** Inserts {@code segment} after {@code before}, or first if that is null. */
    void insertAfter(final @Nullable SentSegment before, final SentSegment segment) {
        final SentSegment after = before == null ? first : before.next;
        segment.previous = before;
        segment.next = after;
        if (before == null) {
            first = segment;
        } else {
            before.next = segment;
        }
        if (after == null) {
            last = segment;
        } else {
            after.previous = segment;
        }
    }

    /**
     * Inserts {@code segment} by its sequence number. The search starts at the last insertion, as losses are found in
     * rising order.
     */
    void insertBySequence(final SentSegment segment) {
        SentSegment before = hint;
        if (before == null || SequenceNumber.greaterThan(before.start, segment.start)) {
            before = null;
        }
        SentSegment after = before == null ? first : before.next;
        while (after != null && SequenceNumber.lessThan(after.start, segment.start)) {
            before = after;
            after = after.next;
        }
        insertAfter(before, segment);
        hint = segment;
    }

    void remove(final SentSegment segment) {
        final SentSegment before = segment.previous;
        final SentSegment after = segment.next;
        if (segment == hint) {
            hint = before;
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        segment.previous = null;
        segment.next = null;
    }
}
