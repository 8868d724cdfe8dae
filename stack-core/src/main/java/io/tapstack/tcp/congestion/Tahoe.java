package io.tapstack.tcp.congestion;

/**
 * Tahoe (Jacobson 1988): fast retransmit without fast recovery. To learn from, not to use.
 *
 * <ul>
 *   <li>slow start: cwnd grows by what is acknowledged, at most two segments an ACK (RFC 5681 3.1, RFC 3465);
 *   <li>congestion avoidance: one segment a round trip;
 *   <li>3 duplicate ACKs: ssthresh = max(flight / 2, 2 segments), cwnd = 1 segment; everything in flight counts as lost
 *       and is sent again in slow start, what the peer has already included if there is no SACK;
 *   <li>timeout: the same;
 *   <li>ECN: cwnd = ssthresh = max(flight / 2, 2 segments), as nothing is lost; with {@linkplain AlternativeBackoff RFC
 *       8511} 0.8 flight.
 * </ul>
 */
public final class Tahoe extends HalvingControl {

    @Override
    public String name() {
        return "tahoe";
    }

    @Override
    public FastRecovery fastRecovery() {
        return FastRecovery.NONE;
    }

    /** Proportional rate reduction would hold the window that Tahoe gives up. */
    @Override
    public boolean controlsRecovery() {
        return true;
    }

    @Override
    protected int windowAfterRecovery(final int flight) {
        return cwnd();
    }

    @Override
    protected int windowAfterLoss() {
        return mss();
    }
}
