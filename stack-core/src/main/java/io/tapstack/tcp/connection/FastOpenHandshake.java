package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.passive.FastOpenServer;
import io.tapstack.tcp.timing.RoundTripEstimator;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Completes the handshake after an open by Fast Open cookie (RFC 7413 4.2.2). The connection counts as established, so
 * that the application can answer the SYN's data at once. Until the peer acknowledges the SYN-ACK, it is repeated as in
 * SYN-RECEIVED.
 */
final class FastOpenHandshake implements Timer.Expiry {

    private final ControlBlock tcb;
    private final Handshake handshake;
    private final FastOpenServer server;
    private final @Nullable FastOpenCookie freshCookie;
    private final Timer timer;
    private final long sentNanos;
    private int timeouts;
    private boolean repeated;

    /** @param freshCookie the new cookie for the client, or null if it keeps the cookie that it has */
    FastOpenHandshake(
            final ControlBlock tcb,
            final Handshake handshake,
            final FastOpenServer server,
            final @Nullable FastOpenCookie freshCookie,
            final long nowNanos) {
        this.tcb = tcb;
        this.handshake = handshake;
        this.server = server;
        this.freshCookie = freshCookie;
        this.timer = new Timer(tcb.host.timers, this);
        this.sentNanos = nowNanos;
        server.opened();
        timer.arm(nowNanos + tcb.config.initialRtoNanos());
    }

    @Nullable
    FastOpenCookie freshCookie() {
        return freshCookie;
    }

    /** Sends the SYN-ACK again. */
    void repeat(final long nowNanos) {
        repeated = true;
        handshake.sendSynAck(nowNanos);
    }

    /** An acceptable ACK has arrived: the handshake is complete. */
    void acknowledged(final long nowNanos) {
        timer.cancel();
        server.completed();
        if (!repeated) {
            tcb.estimator.sample(nowNanos - sentNanos, false, nowNanos);
        } else if (timeouts > 0) {
            tcb.estimator.synWasRetransmitted();
        }
    }

    /** The connection has ended before its handshake was complete. */
    void failed(final long nowNanos) {
        timer.cancel();
        if (tcb.error == SocketError.ECONNRESET) {
            server.reset(nowNanos);
        } else {
            server.completed();
        }
    }

    @Override
    public void expired(final long nowNanos) {
        if (timeouts >= tcb.config.synAckRetries()) {
            tcb.fail(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        timeouts++;
        timer.arm(nowNanos + RoundTripEstimator.initialRto(tcb.config, timeouts));
        tcb.statistics.segmentsRetransmitted++;
        tcb.counters.sentAgain(0);
        tcb.counters.timeouts.timedOut(timeouts == 1, nowNanos);
        repeat(nowNanos);
    }
}
