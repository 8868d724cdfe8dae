package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * RACK, recent acknowledgement (RFC 8985 6.2): a segment is lost if a segment sent later is delivered and the
 * reordering window has passed. The window is 0 until reordering is seen, and then a quarter of the shortest round
 * trip. It grows while DSACK blocks report spurious retransmissions.
 */
final class Rack {

    private static final int DUP_THRESH = 3;
    /** Number of recoveries without a DSACK after which the window is reset. */
    private static final int PERSIST = 16;

    private final SackScoreboard scoreboard;

    // The most recently sent segment that is delivered: RACK.xmit_ts, RACK.end_seq, RACK.rtt.
    private boolean valid;
    private long xmitNanos;
    private int endSeq;
    private long rtt;

    private boolean fackValid;
    private int fack; // RACK.fack: the highest sequence number that has arrived
    private boolean priorFackValid;
    private int priorFack; // before the ACK that is being looked at
    private boolean reorderingSeen;
    private final Reordering reordering = new Reordering();
    private int reoWndMult = 1;
    private int reoWndPersist = PERSIST;
    private boolean dsackRoundValid;
    private int dsackRound;

    Rack(final SackScoreboard scoreboard) {
        this.scoreboard = scoreboard;
    }

    /**
     * Starts an ACK. Its deliveries are compared with those of earlier ACKs only: one ACK may report several segments,
     * because it was delayed or a previous one was lost, and does not give their order of arrival.
     */
    void ackArrives(final int sndUna) {
        priorFackValid = fackValid;
        priorFack = fack;
        reordering.ackArrives();
        if (dsackRoundValid && SequenceNumber.greaterOrEqual(sndUna, dsackRound)) {
            dsackRoundValid = false;
        }
    }

    /** Completes an ACK, after all its deliveries. */
    void ackDone(final int mss) {
        reordering.ackDone(priorFack, mss);
    }

    Reordering reordering() {
        return reordering;
    }

    /** Steps 2 and 3: {@code segment} is delivered. */
    void delivered(final SentSegment segment, final int upTo, final AckArrival ack) {
        detectReordering(segment, upTo);
        final long sample = Math.max(0, ack.nowNanos - segment.sentNanos);
        if (segment.wasSentAgain()) {
            // The ACK may be for an earlier copy: the round trip is too short, or the timestamp echo is older. With a
            // SACK the echo proves nothing, as it is from before the gap (RFC 7323 4.3). Linux does not use it.
            final boolean stampTells = SequenceNumber.lessOrEqual(upTo, ack.sndUna);
            if (sample < ack.minRttNanos || stampTells && ack.echoesBefore(segment.sentNanos)) {
                return;
            }
        }
        rtt = sample;
        if (!valid || sentAfter(segment.sentNanos, upTo, xmitNanos, endSeq)) {
            valid = true;
            xmitNanos = segment.sentNanos;
            endSeq = upTo;
        }
    }

    private void detectReordering(final SentSegment segment, final int upTo) {
        if (!fackValid || SequenceNumber.greaterThan(upTo, fack)) {
            fackValid = true;
            fack = upTo;
        }
        if (priorFackValid && SequenceNumber.lessThan(upTo, priorFack) && !segment.wasSentAgain()) {
            reorderingSeen = true;
            reordering.cameLate(segment.start);
        }
    }

    /** Step 4: the peer reports a duplicate. */
    void dsack(final int sndNxt) {
        if (!dsackRoundValid) {
            dsackRoundValid = true;
            dsackRound = sndNxt;
            reoWndMult++;
            reoWndPersist = PERSIST;
        }
    }

    /** Step 4: a recovery has ended. */
    void recoveryEnded() {
        reoWndPersist--;
        if (reoWndPersist <= 0) {
            reoWndMult = 1;
        }
    }

    /** RACK_update_reo_wnd. */
    long reorderingWindow(final AckArrival ack, final boolean recovering) {
        if (!reorderingSeen && (recovering || scoreboard.segmentsSacked() >= DUP_THRESH)) {
            return 0;
        }
        final long quarter = ack.minRttNanos == Long.MAX_VALUE ? 0 : ack.minRttNanos / 4;
        return Math.min(reoWndMult * quarter, ack.srttNanos);
    }

    /**
     * Step 5: marks lost segments.
     *
     * @return nanoseconds until more may be marked without another ACK, or 0 for none
     */
    long detectLoss(final AckArrival ack, final boolean recovering) {
        if (!valid) {
            return 0;
        }
        final long patience = rtt + reorderingWindow(ack, recovering);
        for (SentSegment segment = scoreboard.oldestInNetwork();
                segment != null && sentAfter(xmitNanos, endSeq, segment.sentNanos, segment.end);
                segment = scoreboard.oldestInNetwork()) {
            final long remaining = segment.sentNanos + patience - ack.nowNanos;
            if (remaining > 0) {
                return remaining;
            }
            scoreboard.markLost(segment);
        }
        return 0;
    }

    /**
     * RFC 8985 6.3: after a retransmission timeout, marks the first segment as lost, and those sent long enough ago.
     */
    void timedOut(final AckArrival state) {
        final SentSegment first = scoreboard.first();
        final long patience = rtt + reorderingWindow(state, true);
        SentSegment segment = scoreboard.oldestInNetwork();
        while (segment != null) {
            final SentSegment following = segment.next;
            if (segment == first || segment.sentNanos + patience - state.nowNanos <= 0) {
                scoreboard.markLost(segment);
            }
            segment = following;
        }
    }

    /** Records reordering: a segment marked as lost was only late. */
    void reorderingSeen() {
        reorderingSeen = true;
    }

    private static boolean sentAfter(final long time1, final int seq1, final long time2, final int seq2) {
        return time1 - time2 > 0 || time1 == time2 && SequenceNumber.greaterThan(seq1, seq2);
    }
}
