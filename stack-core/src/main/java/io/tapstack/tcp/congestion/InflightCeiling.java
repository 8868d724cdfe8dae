package io.tapstack.tcp.congestion;

/**
 * inflight_longterm (draft-ietf-ccwg-bbr 5.3.3.6 and 5.5.10.2): the most that may be in flight without losing more than
 * two percent, as probing has found. While probing goes well it is raised, faster with each round.
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

    /** IsInflightTooHigh: more than two percent of what was in flight with the segment just delivered is lost. */
    static boolean isTooHigh(final AckSample ack) {
        return ack.lost - ack.priorLost > ack.txInFlight * LOSS_THRESHOLD;
    }

    /**
     * BBRInflightAtLoss: how much was in flight when the losses came to two percent; the last
     * {@link AckSample#lostBytes} of them are too much.
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

    /** What is left for others: a bit less than the ceiling. */
    int withHeadroom(final int mss, final int least) {
        if (inflight == NONE) {
            return NONE;
        }
        return Math.max(inflight - Math.max(mss, (int) (HEADROOM * inflight)), least);
    }

    /** Probing begins: the ceiling is to rise by a segment in the first round. */
    void startRising(final int cwnd, final int mss) {
        upRounds = 0;
        upAcks = 0;
        raiseSlope(cwnd, mss);
    }

    /** Probing is over. */
    void stopRising() {
        upCount = Long.MAX_VALUE;
    }

    /** An ACK of a round that uses all of the ceiling, and loses little. */
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

    /** Remembers the ceiling as it is, for {@link #undo}. */
    void save() {
        prior = inflight;
    }

    void undo() {
        inflight = Math.max(inflight, prior);
    }
}
