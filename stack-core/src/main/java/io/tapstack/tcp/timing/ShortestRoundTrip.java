package io.tapstack.tcp.timing;

import io.tapstack.tcp.congestion.WindowedMax;

/**
 * RACK.min_RTT (RFC 8985 6.2, step 1): the shortest round trip of the last five minutes in nanoseconds, as in Linux
 * ({@code tcp_min_rtt_wlen}). It follows a shorter path immediately, and a longer path at the end of the window.
 */
final class ShortestRoundTrip {

    static final long WINDOW_NANOS = 300_000_000_000L;

    // The minimum is the maximum of the negated values.
    private final WindowedMax negated = new WindowedMax();

    /**
     * Adds a round-trip sample.
     *
     * @param mayBeDelayed true if the ACK is for a lone small segment: the sample may include the delay of the peer's
     *     ACK, and must not be the only one at the end of the window
     */
    void sample(final long rtt, final boolean mayBeDelayed, final long nowNanos) {
        if (!mayBeDelayed || rtt <= nanos()) {
            negated.update(-rtt, nowNanos, WINDOW_NANOS);
        }
    }

    /** The shortest round trip, or {@link Long#MAX_VALUE} if none was measured. */
    long nanos() {
        return negated.isEmpty() ? Long.MAX_VALUE : -negated.max();
    }
}
