package io.tapstack.tcp.congestion;

/**
 * Tahoe (Jacobson 1988): fast retransmit without fast recovery. It is for teaching, not for use.
 *
 * <ul>
 *   <li>slow start: cwnd grows by the acknowledged bytes, at most two segments per ACK (RFC 5681 3.1, RFC 3465);
 *   <li>congestion avoidance: one segment per round trip;
 *   <li>3 duplicate ACKs: ssthresh = max(flight / 2, 2 segments), cwnd = 1 segment; all data in flight counts as lost
 *       and is retransmitted in slow start, without SACK even data that the peer already has;
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

    /** Tahoe sets cwnd itself: Proportional Rate Reduction would keep the window that Tahoe gives up. */
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
