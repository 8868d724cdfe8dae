package io.tapstack.tcp.passive;

import io.tapstack.tcp.segment.Segment;

/**
 * TCP_DEFER_ACCEPT (tcp(7)): a listener gives a connection to the application when data arrives, so that an idle peer
 * causes no wake-up. Until then the half-open record stays: the bare ACK of the handshake is recorded and dropped, and
 * no SYN-ACK is retransmitted. Near the end of the time one more SYN-ACK is sent, and its ACK completes the connection,
 * as on Linux.
 *
 * <p>Connections from a SYN cookie have no record and are not deferred.
 */
public final class DeferAccept {

    private DeferAccept() {}

    /**
     * True if {@code segment}, which acknowledges the SYN-ACK of {@code half}, does not complete the connection yet.
     */
    static boolean holdsBack(final HalfOpen half, final Segment segment) {
        return half.isQueued()
                && half.timeouts < half.listener.config().deferAcceptTimeouts()
                && segment.length() == 0
                && segment.seq == half.rcvNxt();
    }

    /** True if the expired SYN-ACK timer sends no SYN-ACK: the peer has one, and data may still arrive. */
    static boolean waits(final HalfOpen half) {
        return half.acknowledged && half.timeouts < half.listener.config().deferAcceptTimeouts() - 1;
    }

    /** True if data may still arrive after the last SYN-ACK. */
    static boolean isTimeLeft(final HalfOpen half) {
        return half.acknowledged && half.timeouts < half.listener.config().deferAcceptTimeouts();
    }
}
