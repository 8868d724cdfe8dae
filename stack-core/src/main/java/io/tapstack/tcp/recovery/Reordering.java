package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * What is seen of the network delivering segments in another order than they were sent in: how often, and by how many
 * segments at most, as Linux counts it ({@code tcp_check_sack_reordering}). For whoever asks; {@link Rack} itself knows
 * only whether.
 */
final class Reordering {

    /** What a sender is to be prepared for without having seen it: DupThresh of RFC 5681. */
    static final int FIRST = 3;
    /** Linux: tcp_max_reordering. */
    private static final int MAX = 300;

    private int extent = FIRST;
    private int seen;

    // Of the ACK in hand: the lowest of what has arrived late.
    private boolean late;
    private int lowest;

    void ackArrives() {
        late = false;
    }

    /** A segment that starts here was sent once, and has arrived after later ones. */
    void cameLate(final int start) {
        lowest = late ? SequenceNumber.min(lowest, start) : start;
        late = true;
    }

    /** All that the ACK delivers is known; what had arrived before it ends at {@code fack}. */
    void ackDone(final int fack, final int mss) {
        if (late) {
            extent = Math.max(extent, Math.min((fack - lowest + mss - 1) / mss, MAX));
            seen++;
        }
    }

    /** How many segments a late one and those that have overtaken it were at most, or {@link #FIRST}. */
    int extent() {
        return extent;
    }

    /** On how many ACKs. */
    int seen() {
        return seen;
    }
}
