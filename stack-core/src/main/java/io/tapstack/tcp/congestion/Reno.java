package io.tapstack.tcp.congestion;

/**
 * Reno: RFC 5681 as it stands, with fast recovery.
 *
 * <ul>
 *   <li>slow start: cwnd grows by what is acknowledged, at most two segments an ACK (3.1, equation 2, and RFC 3465
 *       2.2);
 *   <li>congestion avoidance: one segment a round trip, by counting bytes (3.1, and RFC 3465);
 *   <li>3 duplicate ACKs: ssthresh = max(flight / 2, 2 segments) (3.1, equation 4), and cwnd comes down to it (3.2).
 *       Without SACK recovery ends with the first ACK for new data (step 6), so that a second loss in the same window
 *       halves once more, or waits for the timer; with SACK there is no difference to {@link NewReno};
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
