package io.tapstack.tcp.congestion;

/**
 * Short-term bounds from the losses of the last rounds (draft-ietf-ccwg-bbr 5.5.10.3): bw_shortterm and
 * inflight_shortterm. They fall to the delivered amount, by at most three tenths per round, and are reset for the next
 * probe.
 */
final class ShortTermModel {

    static final double BETA = 0.7;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private double bandwidth = Double.POSITIVE_INFINITY;
    private double inflight = NO_LIMIT;
    private double priorBandwidth;
    private double priorInflight;

    // Maxima of the current round.
    private long latestBandwidth;
    private long latestInflight;
    private long roundDelivered;
    private boolean roundStart;
    private boolean lossInRound;
    private int lossEvents;

    /** First half of an ACK: updates the maxima of this round. */
    void update(final AckSample ack) {
        latestBandwidth = Math.max(latestBandwidth, ack.deliveryRate);
        latestInflight = Math.max(latestInflight, ack.delivered - ack.priorDelivered);
        roundStart = ack.priorDelivered >= roundDelivered;
        if (roundStart) {
            roundDelivered = ack.delivered;
        }
    }

    /** Second half of an ACK: a new round starts with the values of this ACK. */
    void advance(final AckSample ack) {
        if (roundStart) {
            latestBandwidth = ack.deliveryRate;
            latestInflight = ack.delivered - ack.priorDelivered;
            lossEvents = 0;
        }
    }

    /** Records a loss, with {@code delivered} bytes delivered so far. */
    void noteLoss(final long delivered) {
        if (!lossInRound) {
            roundDelivered = delivered;
        }
        lossInRound = true;
        lossEvents++;
    }

    /** Lowers the bounds at the end of a round with losses, unless a probe {@code asked} for them. */
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

    /** Removes the bounds for a probe. */
    void reset() {
        bandwidth = Double.POSITIVE_INFINITY;
        inflight = NO_LIMIT;
    }

    /** Discards the losses and maxima of the current round. */
    void resetRound() {
        lossInRound = false;
        latestBandwidth = 0;
        latestInflight = 0;
    }

    /** Saves the bounds for {@link #undo}. */
    void save() {
        priorBandwidth = bandwidth;
        priorInflight = inflight;
    }

    /** Restores the bounds of {@link #save} after spurious losses. */
    void undo() {
        lossInRound = false;
        bandwidth = Math.max(bandwidth, priorBandwidth);
        inflight = Math.max(inflight, priorInflight);
    }

    boolean isRoundStart() {
        return roundStart;
    }

    /** Number of ACKs of this round that detected a loss. */
    int lossEvents() {
        return lossEvents;
    }

    long latestInflight() {
        return latestInflight;
    }

    /** bw_shortterm, in bytes per second; infinite without a bound. */
    double bandwidth() {
        return bandwidth;
    }

    /** inflight_shortterm, in bytes. */
    int inflight() {
        return (int) inflight;
    }
}
