package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.passive.FastOpenServer;
import io.tapstack.tcp.timing.RoundTripEstimator;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The rest of the handshake of a connection that a Fast Open cookie has opened (RFC 7413 4.2.2). The application has
 * the SYN's data and may answer at once, so the connection counts as established; but the peer may have heard nothing
 * of it yet: until it acknowledges something, the SYN-ACK is repeated as in SYN-RECEIVED.
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

    /** @param freshCookie what the client is to use from now on, or null if it is to go on with what it has */
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

    /** The peer repeats its SYN: our SYN-ACK was lost. */
    void repeat(final long nowNanos) {
        repeated = true;
        handshake.sendSynAck(nowNanos);
    }

    /** An acceptable ACK has come: the handshake is complete. */
    void acknowledged(final long nowNanos) {
        timer.cancel();
        server.completed();
        if (!repeated) {
            tcb.estimator.sample(nowNanos - sentNanos, false, nowNanos);
        } else if (timeouts > 0) {
            tcb.estimator.synWasRetransmitted();
        }
    }

    /** The connection is over before that. */
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
