package io.tapstack.tcp.congestion;

import io.tapstack.wire.SequenceNumber;

/**
 * HyStart++ (RFC 9406): ends slow start before the queue overflows. When round trips grow, the window grows at a
 * quarter of the pace (Conservative Slow Start); if they stay long for five rounds, slow start ends. It applies to the
 * first slow start of a connection only (4.3).
 */
final class HyStartPlusPlus {

    // RFC 9406 4.3
    static final long MIN_RTT_THRESH_NANOS = 4_000_000;
    static final long MAX_RTT_THRESH_NANOS = 16_000_000;
    static final int MIN_RTT_DIVISOR = 8;
    static final int N_RTT_SAMPLE = 8;
    static final int CSS_GROWTH_DIVISOR = 4;
    static final int CSS_ROUNDS = 5;
    /** L for senders without pacing. */
    static final int LIMIT = 8;

    private static final long INFINITE = Long.MAX_VALUE;

    private long lastRoundMinRtt = INFINITE;
    private long currentRoundMinRtt = INFINITE;
    private int rttSampleCount;
    private boolean inRound;
    private int windowEnd;

    private boolean conservative;
    private long cssBaselineMinRtt = INFINITE;
    private int cssRounds;
    private boolean done;

    /**
     * Processes an ACK.
     *
     * @return the growth of the window, in bytes
     */
    int growth(final AckSample ack, final int mss) {
        final int full = SlowStart.limited(ack.ackedBytes, LIMIT, mss);
        final int growth = conservative ? full / CSS_GROWTH_DIVISOR : full;
        if (ack.rttNanos >= 0) {
            currentRoundMinRtt = Math.min(currentRoundMinRtt, ack.rttNanos);
            rttSampleCount++;
        }
        if (rttSampleCount >= N_RTT_SAMPLE) {
            compare();
        }
        startOrEndRound(ack);
        return growth;
    }

    /** True in Conservative Slow Start. */
    boolean isConservative() {
        return conservative;
    }

    /** True if slow start ends here. */
    boolean isDone() {
        return done;
    }

    private void startOrEndRound(final AckSample ack) {
        if (inRound && SequenceNumber.lessThan(ack.sndUna, windowEnd)) {
            return;
        }
        if (inRound) {
            lastRoundMinRtt = currentRoundMinRtt;
            currentRoundMinRtt = INFINITE;
            rttSampleCount = 0;
            // The round in which Conservative Slow Start began counts too, though it is partial.
            if (conservative && ++cssRounds >= CSS_ROUNDS) {
                done = true;
            }
        }
        inRound = true;
        windowEnd = ack.sndNxt;
    }

    private void compare() {
        if (conservative) {
            if (currentRoundMinRtt < cssBaselineMinRtt) {
                // The delay was not a queue: returns to slow start.
                conservative = false;
                cssBaselineMinRtt = INFINITE;
            }
            return;
        }
        if (currentRoundMinRtt == INFINITE || lastRoundMinRtt == INFINITE) {
            return;
        }
        final long threshold =
                Math.max(MIN_RTT_THRESH_NANOS, Math.min(lastRoundMinRtt / MIN_RTT_DIVISOR, MAX_RTT_THRESH_NANOS));
        if (currentRoundMinRtt >= lastRoundMinRtt + threshold) {
            conservative = true;
            cssBaselineMinRtt = currentRoundMinRtt;
            cssRounds = 0;
        }
    }
}
