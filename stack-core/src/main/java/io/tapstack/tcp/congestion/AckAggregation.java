package io.tapstack.tcp.congestion;

/**
 * extra_acked (draft-ietf-ccwg-bbr 5.5.9): by how much ACKs run ahead of the estimated bandwidth because the path or
 * the peer collects them; the most of the last ten rounds. So much more has to be in flight, or the sender runs dry
 * while they are collected.
 */
final class AckAggregation {

    private static final int FILTER_ROUNDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final WindowedMax filter = new WindowedMax();
    private boolean started;
    private long intervalStart;
    private long delivered;
    private long current;

    /** Takes in an ACK. */
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

    /** A new interval begins: what is delivered from now on is compared with what is expected from now on. */
    void restart(final long nowNanos) {
        started = true;
        intervalStart = nowNanos;
        delivered = 0;
    }

    long extraAcked() {
        return current;
    }
}
