package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * When ACKs are not delayed: Linux's quick-ACK mode (tcp(7), TCP_QUICKACK). A peer in slow start, or one that waits for
 * the end of a request with Nagle's algorithm, gains by hearing at once; so a connection acknowledges the first
 * segments without delay, up to sixteen or half of its window. It does so again after a silence, when the peer starts
 * anew, and when something was lost. The mode ends with its number of ACKs, or when the connection turns out to be
 * interactive: an application that answers what it receives sends the ACK along.
 */
public final class QuickAck {

    private static final int MAX_ACKS = 16;
    private static final int MIN_ACKS = 2;

    private final TcpConfig config;
    private int left;
    private boolean interactive;
    private boolean begun;
    private long lastReceivedNanos;

    QuickAck(final TcpConfig config) {
        this.config = config;
    }

    /** True if what came now is acknowledged without delay. */
    boolean isOn() {
        return left > 0 && !interactive;
    }

    /**
     * Data came in order.
     *
     * @param rcvWnd the window that the peer has
     * @param rto how long a peer may be silent before it starts anew (RFC 5681 4.1)
     */
    public void dataArrived(final int rcvWnd, final int fullSegment, final long rto, final long nowNanos) {
        if (config.quickAck() && (!begun || nowNanos - lastReceivedNanos > rto)) {
            left = Math.max(left, Math.max(MIN_ACKS, Math.min(rcvWnd / (2 * fullSegment), MAX_ACKS)));
        }
        begun = true;
        lastReceivedNanos = nowNanos;
    }

    /** Something came twice or is missing: the peer repairs a loss, and every ACK counts. */
    void trouble() {
        if (config.quickAck()) {
            left = MAX_ACKS;
            interactive = false;
        }
    }

    /** Data goes out. If it may well be an answer to what came, the connection is interactive. */
    public void dataSent(final long nowNanos) {
        if (begun && nowNanos - lastReceivedNanos < config.delayedAckNanos()) {
            interactive = true;
        }
    }

    /** An ACK went out for data that had come. */
    void acknowledged() {
        left = Math.max(0, left - 1);
    }

    /** TCP_QUICKACK: enters or leaves the mode; not for good, as what follows may change it. */
    void set(final boolean on) {
        interactive = !on;
        if (on) {
            left = MAX_ACKS;
        }
    }

    /** What TCP_QUICKACK says. */
    public boolean isWanted() {
        return !interactive;
    }
}
