package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Counts reordering in the network, as Linux does ({@code tcp_check_sack_reordering}): the number of events and the
 * largest distance in segments. It serves TCP_INFO; {@link Rack} uses only whether reordering was seen.
 */
final class Reordering {

    /** The initial distance: DupThresh of RFC 5681. */
    static final int FIRST = 3;
    /** Linux: tcp_max_reordering. */
    private static final int MAX = 300;

    private int extent = FIRST;
    private int seen;

    // The lowest segment that the current ACK delivers late.
    private boolean late;
    private int lowest;

    void ackArrives() {
        late = false;
    }

    /** Records a segment from {@code start} that was sent once and is delivered after later ones. */
    void cameLate(final int start) {
        lowest = late ? SequenceNumber.min(lowest, start) : start;
        late = true;
    }

    /** Completes an ACK; data delivered before it ends at {@code fack}. */
    void ackDone(final int fack, final int mss) {
        if (late) {
            extent = Math.max(extent, Math.min((fack - lowest + mss - 1) / mss, MAX));
            seen++;
        }
    }

    /** The largest distance in segments, at least {@link #FIRST}. */
    int extent() {
        return extent;
    }

    /** Number of ACKs that showed reordering. */
    int seen() {
        return seen;
    }
}
