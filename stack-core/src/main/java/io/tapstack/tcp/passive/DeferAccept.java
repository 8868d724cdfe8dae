package io.tapstack.tcp.passive;

import io.tapstack.tcp.segment.Segment;

/**
 * TCP_DEFER_ACCEPT (tcp(7)): a listener's connection is given to the application when it has data to read, so that who
 * connects and says nothing costs no wake-up. Until then the record of the half-open connection stays, and the bare ACK
 * that ends the handshake is noted in it and dropped; no SYN-ACK is sent again meanwhile. When the time is nearly over
 * one more SYN-ACK is sent: the ACK that answers it makes the connection after all. So it is on Linux. Not for
 * connections that come from a SYN cookie, which have no record.
 */
public final class DeferAccept {

    private DeferAccept() {}

    /** Whether {@code segment}, which acknowledges the SYN-ACK of {@code half}, does not make a connection yet. */
    static boolean holdsBack(final HalfOpen half, final Segment segment) {
        return half.isQueued()
                && half.timeouts < half.listener.config().deferAcceptTimeouts()
                && segment.length() == 0
                && segment.seq == half.rcvNxt();
    }

    /**
     * Whether the SYN-ACK timer, which has expired, is to go on without a SYN-ACK: the peer has one, and data may still
     * come.
     */
    static boolean waits(final HalfOpen half) {
        return half.acknowledged && half.timeouts < half.listener.config().deferAcceptTimeouts() - 1;
    }

    /** Whether data may still come although the peer was sent as many SYN-ACKs as it gets. */
    static boolean isTimeLeft(final HalfOpen half) {
        return half.acknowledged && half.timeouts < half.listener.config().deferAcceptTimeouts();
    }
}
