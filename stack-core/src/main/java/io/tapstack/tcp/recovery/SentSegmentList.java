package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/** A list of scoreboard entries, linked through the entries themselves. */
final class SentSegmentList {

    private @Nullable SentSegment first;
    private @Nullable SentSegment last;

    @Nullable
    SentSegment first() {
        return first;
    }

    void append(final SentSegment segment) {
        insertAfter(last, segment);
    }

    /** Puts {@code segment} behind {@code before}, or first if that is null. */
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
     * Puts {@code segment} where its sequence number belongs. What is found lost is nearly always the lowest or the highest number of all
     * that is, so either end is looked at first.
     */
    void insertBySequence(final SentSegment segment) {
        final SentSegment lowest = first;
        if (lowest == null || SequenceNumber.lessThan(segment.start, lowest.start)) {
            insertAfter(null, segment);
            return;
        }
        SentSegment before = last;
        while (before != null && SequenceNumber.greaterThan(before.start, segment.start)) {
            before = before.previous;
        }
        insertAfter(before, segment);
    }

    void remove(final SentSegment segment) {
        final SentSegment before = segment.previous;
        final SentSegment after = segment.next;
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
