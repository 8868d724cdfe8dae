package io.tapstack.tcp.congestion;

/**
 * NewReno: the window of {@link Reno} with the fast recovery of RFC 6582, which repairs all losses of one window with a
 * single reduction.
 *
 * <ul>
 *   <li>slow start, congestion avoidance, timeout, ECN: as in Reno;
 *   <li>3 duplicate ACKs: ssthresh = cwnd = max(flight / 2, 2 segments), until all data that was in flight is
 *       acknowledged (RFC 6582 3.2 step 3); then cwnd = min(ssthresh, flight + 1 segment), so that no burst follows.
 * </ul>
 */
public final class NewReno extends HalvingControl {

    @Override
    public String name() {
        return "newreno";
    }
}
