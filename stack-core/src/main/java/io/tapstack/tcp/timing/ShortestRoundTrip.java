package io.tapstack.tcp.timing;

import io.tapstack.tcp.congestion.WindowedMax;

/**
 * RACK.min_RTT (RFC 8985 6.2, step 1): the shortest round trip of the last five minutes, as in Linux
 * ({@code tcp_min_rtt_wlen}). It follows a path that becomes shorter at once, and one that becomes longer when the
 * window is over. Times in nanoseconds.
 */
final class ShortestRoundTrip {

    static final long WINDOW_NANOS = 300_000_000_000L;

    // The smallest is the largest of the negated ones.
    private final WindowedMax negated = new WindowedMax();

    /**
     * Takes in a measured round trip.
     *
     * @param mayBeDelayed it was a lone small segment that was acknowledged: what a peer that delays its ACK adds to
     *     the round trip must not be all that is known when the window is over
     */
    void sample(final long rtt, final boolean mayBeDelayed, final long nowNanos) {
        if (!mayBeDelayed || rtt <= nanos()) {
            negated.update(-rtt, nowNanos, WINDOW_NANOS);
        }
    }

    /** The shortest, or {@link Long#MAX_VALUE} if none was measured. */
    long nanos() {
        return negated.isEmpty() ? Long.MAX_VALUE : -negated.max();
    }
}
