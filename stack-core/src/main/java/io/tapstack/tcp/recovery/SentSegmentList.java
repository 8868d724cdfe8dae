package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/** A list of scoreboard entries, linked through the entries themselves. */
final class SentSegmentList {

    private @Nullable SentSegment first;
    private @Nullable SentSegment last;

    // Where the latest went by its number: the next one mostly goes right behind it.
    private @Nullable SentSegment hint;

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
     * Puts {@code segment} where its sequence number belongs, looking from where the latest went: losses are found in
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
