package io.tapstack.tcp.recovery;

import org.jspecify.annotations.Nullable;

/** A pool of scoreboard entries for the connections of one stack, so that steady traffic allocates none. */
public final class SentSegmentPool {

    /** Limit of the free entries; each has about 100 bytes. */
    private static final int MAX_FREE = 4_096;

    private @Nullable SentSegment free;
    private int count;

    SentSegment take() {
        final SentSegment segment = free;
        if (segment == null) {
            return new SentSegment();
        }
        free = segment.next;
        segment.next = null;
        count--;
        return segment;
    }

    void give(final SentSegment segment) {
        if (count < MAX_FREE) {
            segment.next = free;
            free = segment;
            count++;
        }
    }
}
