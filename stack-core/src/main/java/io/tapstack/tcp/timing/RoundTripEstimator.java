package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * SRTT, RTTVAR and RTO (RFC 6298 2 and 5.5), in nanoseconds. Karn's algorithm has two parts: the caller takes no sample
 * of a retransmission, and this class keeps a backed-off RTO until the next sample.
 */
public final class RoundTripEstimator {

    /** G, the granularity of the clock that measures samples. */
    private static final long GRANULARITY = 1_000_000;

    private final TcpConfig config;
    private long srtt;
    private long rttvar;
    private long rto;
    private final ShortestRoundTrip shortest = new ShortestRoundTrip();
    private int backoff;
    private boolean measured;

    public RoundTripEstimator(final TcpConfig config) {
        this.config = config;
        this.rto = config.initialRtoNanos();
    }

    /** Adds a round-trip sample. {@code mayBeDelayed} as in {@link ShortestRoundTrip#sample}. */
    public void sample(final long rtt, final boolean mayBeDelayed, final long nowNanos) {
        if (!measured) {
            // RFC 6298 2.2
            measured = true;
            srtt = rtt;
            rttvar = rtt / 2;
        } else {
            // RFC 6298 2.3, alpha = 1/8 and beta = 1/4; RTTVAR first, as it uses the old SRTT.
            rttvar += (Math.abs(srtt - rtt) - rttvar) / 4;
            srtt += (rtt - srtt) / 8;
        }
        shortest.sample(rtt, mayBeDelayed, nowNanos);
        backoff = 0;
        rto = Math.min(srtt + margin(), config.maxRtoNanos());
    }

    /** Doubles the RTO after an expiry of the timer (RFC 6298 5.5). */
    public void backOff() {
        backoff++;
        rto = Math.min(rto * 2, config.maxRtoNanos());
    }

    /** Sets the RTO to three seconds for data, after a retransmitted SYN without a sample (RFC 6298 5.7). */
    public void synWasRetransmitted() {
        if (!measured) {
            backoff = 0;
            rto = clamp(3 * config.initialRtoNanos());
        }
    }

    /** Returns the RTO of a SYN or SYN-ACK after {@code times} retransmissions: each doubles it (RFC 6298 5.5). */
    public static long initialRto(final TcpConfig config, final int times) {
        final long initial = config.initialRtoNanos();
        final long most = config.maxRtoNanos();
        return times >= Long.SIZE || initial > most >> times ? most : initial << times;
    }

    /** The retransmission timeout. */
    public long rto() {
        return rto;
    }

    /** Smoothed round-trip time, or 0 before the first sample. */
    public long srtt() {
        return srtt;
    }

    /** Mean deviation of the round trip, or 0 before the first sample. */
    public long rttvar() {
        return rttvar;
    }

    /** The shortest round trip of the last five minutes, or {@link Long#MAX_VALUE}. */
    public long minimum() {
        return shortest.nanos();
    }

    /** Number of consecutive timer expiries since the last sample. */
    public int backoff() {
        return backoff;
    }

    /**
     * The margin that the RTO adds to SRTT. RFC 6298 2.4 has a lower limit of one second for the sum. Our limit is far
     * shorter and applies to the margin, as in Linux: after steady round trips RTTVAR is almost 0, and the first
     * delayed ACK would arrive after the RTO.
     */
    private long margin() {
        return Math.max(config.minRtoNanos(), Math.max(GRANULARITY, 4 * rttvar));
    }

    private long clamp(final long nanos) {
        return Math.max(config.minRtoNanos(), Math.min(nanos, config.maxRtoNanos()));
    }
}
