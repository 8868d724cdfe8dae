package io.tapstack.tcp.congestion;

/**
 * extra_acked (draft-ietf-ccwg-bbr 5.5.9): the bytes acknowledged beyond the estimated bandwidth, because the path or
 * the peer aggregates ACKs; the maximum of the last ten rounds. The sender needs this much more in flight, or it runs
 * dry during aggregation.
 */
final class AckAggregation {

    private static final int FILTER_ROUNDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final WindowedMax filter = new WindowedMax();
    private boolean started;
    private long intervalStart;
    private long delivered;
    private long current;

    /** Processes an ACK. */
    void update(
            final AckSample ack,
            final double bandwidth,
            final int cwnd,
            final RoundCounter rounds,
            final boolean pipeFilled) {
        if (!started) {
            restart(ack.nowNanos);
        }
        long expected = (long) (bandwidth * (ack.nowNanos - intervalStart) / NANOS_PER_SECOND);
        if (delivered <= expected) {
            restart(ack.nowNanos);
            expected = 0;
        }
        delivered += ack.deliveredBytes;
        final long extra = Math.min(Math.max(0, delivered - expected), cwnd);
        if (pipeFilled) {
            filter.update(extra, rounds.count(), FILTER_ROUNDS);
            current = filter.max();
        } else {
            current = extra;
        }
    }

    /** Starts a new interval for the comparison of delivered and expected bytes. */
    void restart(final long nowNanos) {
        started = true;
        intervalStart = nowNanos;
        delivered = 0;
    }

    long extraAcked() {
        return current;
    }
}
