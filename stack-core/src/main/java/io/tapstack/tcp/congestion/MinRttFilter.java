package io.tapstack.tcp.congestion;

/**
 * min_rtt (draft-ietf-ccwg-bbr 5.3.4.3): the shortest round trip of the last ten seconds. After five seconds without
 * such a sample ProbeRTT is due.
 */
final class MinRttFilter {

    static final long FILTER_NANOS = 10_000_000_000L;
    static final long PROBE_INTERVAL_NANOS = 5_000_000_000L;

    private long minRtt = Long.MAX_VALUE;
    private long minRttStamp;
    private long probeMinDelay = Long.MAX_VALUE;
    private long probeMinStamp;
    private boolean expired;

    /** Processes an ACK. */
    void update(final AckSample ack) {
        final boolean measured = probeMinDelay != Long.MAX_VALUE;
        expired = measured && ack.nowNanos - probeMinStamp > PROBE_INTERVAL_NANOS;
        if (ack.rttNanos >= 0 && (ack.rttNanos < probeMinDelay || expired)) {
            probeMinDelay = ack.rttNanos;
            probeMinStamp = ack.nowNanos;
        }
        if (probeMinDelay < minRtt || measured && ack.nowNanos - minRttStamp > FILTER_NANOS) {
            minRtt = probeMinDelay;
            minRttStamp = probeMinStamp;
        }
    }

    /** True if the last ACK arrived {@link #PROBE_INTERVAL_NANOS} after the last sample of the shortest round trip. */
    boolean isExpired() {
        return expired;
    }

    /** Marks the value as fresh after ProbeRTT. */
    void refreshed(final long nowNanos) {
        probeMinStamp = nowNanos;
        expired = false;
    }

    boolean isKnown() {
        return minRtt != Long.MAX_VALUE;
    }

    /** The shortest round trip in nanoseconds; {@link Long#MAX_VALUE} if not {@link #isKnown()}. */
    long minRtt() {
        return minRtt;
    }
}
