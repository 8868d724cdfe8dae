package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * SRTT, RTTVAR and RTO (RFC 6298 2 and 5.5). All times in nanoseconds. Karn's rule, not to measure what was
 * retransmitted, is the caller's to keep; what is kept here is its other half: a backed-off RTO stays until a new
 * sample comes.
 */
public final class RoundTripEstimator {

    /** G, the granularity of the clock that samples are taken with. */
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

    /** Takes in a measured round trip. {@code mayBeDelayed} as in {@link ShortestRoundTrip#sample}. */
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

    /** The timer expired: twice as long the next time (RFC 6298 5.5). */
    public void backOff() {
        backoff++;
        rto = Math.min(rto * 2, config.maxRtoNanos());
    }

    /** The SYN had to be sent again and there is no sample: data starts with three seconds (RFC 6298 5.7). */
    public void synWasRetransmitted() {
        if (!measured) {
            backoff = 0;
            rto = clamp(3 * config.initialRtoNanos());
        }
    }

    /** The RTO of a SYN or SYN-ACK that was sent again {@code times} times: twice as long each time (RFC 6298 5.5). */
    public static long initialRto(final TcpConfig config, final int times) {
        final long initial = config.initialRtoNanos();
        final long most = config.maxRtoNanos();
        return times >= Long.SIZE || initial > most >> times ? most : initial << times;
    }

    /** How long to wait for an acknowledgement. */
    public long rto() {
        return rto;
    }

    /** Smoothed round-trip time, or 0 before the first sample. */
    public long srtt() {
        return srtt;
    }

    public long rttvar() {
        return rttvar;
    }

    /** The shortest round trip of the last five minutes, or {@link Long#MAX_VALUE}. */
    public long minimum() {
        return shortest.nanos();
    }

    /** How often in a row the timer expired since the last sample. */
    public int backoff() {
        return backoff;
    }

    /**
     * What is added to the round trip. RFC 6298 2.4 has a lower limit for the sum, one second. As ours is far shorter
     * it has to be one for the margin, as in Linux: after steady round trips RTTVAR is next to nothing, and the first
     * ACK that the peer delays would come too late.
     */
    private long margin() {
        return Math.max(config.minRtoNanos(), Math.max(GRANULARITY, 4 * rttvar));
    }

    private long clamp(final long nanos) {
        return Math.max(config.minRtoNanos(), Math.min(nanos, config.maxRtoNanos()));
    }
}
