package io.tapstack.tcp.congestion;

/**
 * What losses of the last rounds say about the path (draft-ietf-ccwg-bbr 5.5.10.3): bw_shortterm and
 * inflight_shortterm, which come down to what was really delivered, but by no more than three tenths a round, and are
 * forgotten when it is time to probe.
 */
final class ShortTermModel {

    static final double BETA = 0.7;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private double bandwidth = Double.POSITIVE_INFINITY;
    private double inflight = NO_LIMIT;
    private double priorBandwidth;
    private double priorInflight;

    // The best of the current round.
    private long latestBandwidth;
    private long latestInflight;
    private long roundDelivered;
    private boolean roundStart;
    private boolean lossInRound;
    private int lossEvents;

    /** The first half of an ACK: what this round has delivered. */
    void update(final AckSample ack) {
        latestBandwidth = Math.max(latestBandwidth, ack.deliveryRate);
        latestInflight = Math.max(latestInflight, ack.delivered - ack.priorDelivered);
        roundStart = ack.priorDelivered >= roundDelivered;
        if (roundStart) {
            roundDelivered = ack.delivered;
        }
    }

    /** The second half: a new round begins with what this ACK delivered. */
    void advance(final AckSample ack) {
        if (roundStart) {
            latestBandwidth = ack.deliveryRate;
            latestInflight = ack.delivered - ack.priorDelivered;
            lossEvents = 0;
        }
    }

    /** Something was found lost, with {@code delivered} bytes delivered so far. */
    void noteLoss(final long delivered) {
        if (!lossInRound) {
            roundDelivered = delivered;
        }
        lossInRound = true;
        lossEvents++;
    }

    /** At the end of a round with losses, unless they were {@code asked} for: the bounds come down. */
    void adapt(final boolean asked, final long maxBandwidth, final int cwnd) {
        if (!roundStart) {
            return;
        }
        if (lossInRound && !asked) {
            final double fromBandwidth = Double.isInfinite(bandwidth) ? maxBandwidth : bandwidth;
            final double fromInflight = inflight == NO_LIMIT ? cwnd : inflight;
            bandwidth = Math.max(latestBandwidth, BETA * fromBandwidth);
            inflight = Math.max(latestInflight, BETA * fromInflight);
        }
        lossInRound = false;
    }

    /** It is time to probe: no bounds. */
    void reset() {
        bandwidth = Double.POSITIVE_INFINITY;
        inflight = NO_LIMIT;
    }

    /** What the current round has seen so far does not count. */
    void resetRound() {
        lossInRound = false;
        latestBandwidth = 0;
        latestInflight = 0;
    }

    /** Remembers the bounds as they are, for {@link #undo}. */
    void save() {
        priorBandwidth = bandwidth;
        priorInflight = inflight;
    }

    /** What was lost since {@link #save} was not lost. */
    void undo() {
        lossInRound = false;
        bandwidth = Math.max(bandwidth, priorBandwidth);
        inflight = Math.max(inflight, priorInflight);
    }

    boolean isRoundStart() {
        return roundStart;
    }

    /** ACKs of this round that found something lost. */
    int lossEvents() {
        return lossEvents;
    }

    long latestInflight() {
        return latestInflight;
    }

    /** bw_shortterm, in bytes a second, or infinite. */
    double bandwidth() {
        return bandwidth;
    }

    /** inflight_shortterm, in bytes. */
    int inflight() {
        return (int) inflight;
    }
}
