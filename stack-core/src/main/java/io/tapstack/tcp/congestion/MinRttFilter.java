package io.tapstack.tcp.congestion;

/**
 * min_rtt (draft-ietf-ccwg-bbr 5.3.4.3): the shortest round trip of the last ten seconds. If there was none that short
 * for five, it is time to look, by ProbeRTT.
 */
final class MinRttFilter {

    static final long FILTER_NANOS = 10_000_000_000L;
    static final long PROBE_INTERVAL_NANOS = 5_000_000_000L;

    private long minRtt = Long.MAX_VALUE;
    private long minRttStamp;
    private long probeMinDelay = Long.MAX_VALUE;
    private long probeMinStamp;
    private boolean expired;

    /** Takes in an ACK. */
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

    /** True if the shortest round trip had not been seen for {@link #PROBE_INTERVAL_NANOS} when the last ACK came. */
    boolean isExpired() {
        return expired;
    }

    /** ProbeRTT was done: what is known now counts as fresh. */
    void refreshed(final long nowNanos) {
        probeMinStamp = nowNanos;
        expired = false;
    }

    boolean isKnown() {
        return minRtt != Long.MAX_VALUE;
    }

    /** In nanoseconds; {@link Long#MAX_VALUE} if not {@link #isKnown()}. */
    long minRtt() {
        return minRtt;
    }
}
