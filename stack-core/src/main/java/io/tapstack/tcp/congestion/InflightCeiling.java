package io.tapstack.tcp.congestion;

/**
 * inflight_longterm (draft-ietf-ccwg-bbr 5.3.3.6 and 5.5.10.2): the largest flight that loses at most two percent, as
 * probes have found. A successful probe raises it, faster with each round.
 */
final class InflightCeiling {

    static final int NONE = Integer.MAX_VALUE;

    private static final double LOSS_THRESHOLD = 0.02;
    private static final double HEADROOM = 0.15;
    private static final int MAX_ROUNDS = 30;

    private int inflight = NONE;
    private int prior;
    private int upRounds;
    private long upAcks;
    private long upCount = Long.MAX_VALUE;

    /** IsInflightTooHigh: true if more than two percent of the flight at the delivered segment is lost. */
    static boolean isTooHigh(final AckSample ack) {
        return ack.lost - ack.priorLost > ack.txInFlight * LOSS_THRESHOLD;
    }

    /**
     * BBRInflightAtLoss: the flight at which losses reached two percent, without the last {@link AckSample#lostBytes}
     * that exceed it.
     */
    static int inflightAtLoss(final AckSample ack) {
        final double inflightBefore = Math.max(0, ack.txInFlight - ack.lostBytes);
        final double lostBefore = Math.max(0, ack.lost - ack.priorLost - ack.lostBytes);
        final double more = Math.max(0, (LOSS_THRESHOLD * inflightBefore - lostBefore) / (1 - LOSS_THRESHOLD));
        return (int) (inflightBefore + more);
    }

    int inflight() {
        return inflight;
    }

    boolean isKnown() {
        return inflight != NONE;
    }

    void set(final long bytes) {
        inflight = (int) Math.min(bytes, LossBasedControl.MAX_WINDOW);
    }

    /** The ceiling less a headroom for other flows, in bytes. */
    int withHeadroom(final int mss, final int least) {
        if (inflight == NONE) {
            return NONE;
        }
        return Math.max(inflight - Math.max(mss, (int) (HEADROOM * inflight)), least);
    }

    /** Starts a probe: the ceiling rises by one segment in the first round. */
    void startRising(final int cwnd, final int mss) {
        upRounds = 0;
        upAcks = 0;
        raiseSlope(cwnd, mss);
    }

    /** Ends a probe. */
    void stopRising() {
        upCount = Long.MAX_VALUE;
    }

    /** Raises the ceiling for an ACK of a round that reaches the ceiling with few losses. */
    void rise(final AckSample ack, final boolean roundStart, final int cwnd, final int mss) {
        upAcks += ack.deliveredBytes;
        final long delta = upAcks / upCount;
        upAcks -= delta * upCount;
        set(inflight + delta);
        if (roundStart) {
            raiseSlope(cwnd, mss);
        }
    }

    private void raiseSlope(final int cwnd, final int mss) {
        final long growth = (long) mss << upRounds;
        upRounds = Math.min(upRounds + 1, MAX_ROUNDS);
        upCount = Math.max(cwnd / growth, 1);
    }

    /** Saves the ceiling for {@link #undo}. */
    void save() {
        prior = inflight;
    }

    void undo() {
        inflight = Math.max(inflight, prior);
    }
}
