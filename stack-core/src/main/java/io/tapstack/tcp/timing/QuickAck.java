package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * Linux's quick-ACK mode (tcp(7), TCP_QUICKACK), in which ACKs are not delayed. It serves a peer in slow start, or one
 * that waits with Nagle's algorithm at the end of a request: it covers the first segments of a connection, up to
 * sixteen or half of its window, and those after an idle time or a loss. The mode ends after its number of ACKs, or
 * when the connection is interactive: the application's answers then carry the ACKs.
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

    /** True if data that arrives now is acknowledged without delay. */
    boolean isOn() {
        return left > 0 && !interactive;
    }

    /**
     * Records in-order data.
     *
     * @param rcvWnd the window announced to the peer
     * @param rto idle time after which the peer restarts in slow start (RFC 5681 4.1)
     */
    public void dataArrived(final int rcvWnd, final int fullSegment, final long rto, final long nowNanos) {
        if (config.quickAck() && (!begun || nowNanos - lastReceivedNanos > rto)) {
            left = Math.max(left, Math.max(MIN_ACKS, Math.min(rcvWnd / (2 * fullSegment), MAX_ACKS)));
        }
        begun = true;
        lastReceivedNanos = nowNanos;
    }

    /** Records duplicate or missing data: the peer repairs a loss, and needs each ACK. */
    void trouble() {
        if (config.quickAck()) {
            left = MAX_ACKS;
            interactive = false;
        }
    }

    /** Records sent data. If it is likely to answer received data, the connection is interactive. */
    public void dataSent(final long nowNanos) {
        if (begun && nowNanos - lastReceivedNanos < config.delayedAckNanos()) {
            interactive = true;
        }
    }

    /** Records an ACK for received data. */
    void acknowledged() {
        left = Math.max(0, left - 1);
    }

    /** TCP_QUICKACK: enters or leaves the mode; the connection may change it again. */
    void set(final boolean on) {
        interactive = !on;
        if (on) {
            left = MAX_ACKS;
        }
    }

    /** The value of TCP_QUICKACK. */
    public boolean isWanted() {
        return !interactive;
    }
}
