package io.tapstack.tcp.congestion;

/**
 * Reno: RFC 5681 with fast recovery.
 *
 * <ul>
 *   <li>slow start: cwnd grows by the acknowledged bytes, at most two segments per ACK (3.1, equation 2, and RFC 3465
 *       2.2);
 *   <li>congestion avoidance: one segment per round trip, by byte counting (3.1, and RFC 3465);
 *   <li>3 duplicate ACKs: ssthresh = max(flight / 2, 2 segments) (3.1, equation 4), and cwnd falls to ssthresh (3.2).
 *       Without SACK recovery ends with the first ACK for new data (step 6): a second loss in the same window halves
 *       cwnd again, or waits for the timer. With SACK there is no difference to {@link NewReno};
 *   <li>timeout: the same ssthresh, cwnd = 1 segment;
 *   <li>ECN: cwnd = ssthresh, as for a loss (RFC 3168 6.1.2); with {@linkplain AlternativeBackoff RFC 8511} max(0.8
 *       flight, 2 segments).
 * </ul>
 */
public final class Reno extends HalvingControl {

    @Override
    public String name() {
        return "reno";
    }

    @Override
    public FastRecovery fastRecovery() {
        return FastRecovery.UNTIL_NEW_ACK;
    }

    /** RFC 5681 3.2 step 6: deflates the window to ssthresh. */
    @Override
    protected int windowAfterRecovery(final int flight) {
        return ssthresh();
    }
}
