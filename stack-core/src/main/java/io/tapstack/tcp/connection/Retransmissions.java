package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpState;

/**
 * Handles the expiry of the retransmission timer (RFC 6298 5.4 to 5.7), and ends the connection after too many (RFC
 * 1122 4.2.3.5).
 */
final class Retransmissions {

    private final ControlBlock tcb;
    private final Handshake handshake;
    private final WindowReduction reduction;
    private final LossTimer lossTimer;
    private final Pacer pacer;

    Retransmissions(
            final ControlBlock tcb,
            final Handshake handshake,
            final WindowReduction reduction,
            final LossTimer lossTimer,
            final Pacer pacer) {
        this.tcb = tcb;
        this.handshake = handshake;
        this.reduction = reduction;
        this.lossTimer = lossTimer;
        this.pacer = pacer;
    }

    void timedOut(final long nowNanos) {
        if (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED) {
            handshake.timedOut(nowNanos);
            return;
        }
        if (lossTimer.isProbeDue()) {
            // RFC 8985 7.2: if both are due, the probe is first, and the timeout follows an RTO later.
            lossTimer.probeNow(nowNanos);
            return;
        }
        if (tcb.timeouts == 0) {
            tcb.userTimeout.begin(nowNanos);
        }
        final boolean hopeless = isHopeless(nowNanos);
        handshake.noteBlackHole(tcb.timeouts, hopeless, nowNanos);
        if (hopeless) {
            tcb.fail(tcb.errorOr(SocketError.ETIMEDOUT), nowNanos);
            return;
        }
        tcb.advise(tcb.timeouts);
        reduction.timedOut(nowNanos);
        tcb.counters.timeouts.timedOut(tcb.timeouts == 0, nowNanos);
        tcb.recovery.timedOut(tcb.timerEvent(nowNanos), tcb.timeouts > 0);
        tcb.timeouts++;
        tcb.statistics.retransmissionTimeouts++;
        tcb.timing.cancel();
        tcb.estimator.backOff();
        tcb.userTimeout.limit(tcb.retransmissionTimer);
        tcb.retransmissionTimer.restart(nowNanos);
        tcb.statistics.observer().retransmissionTimeout(tcb, tcb.timeouts, tcb.estimator.rto());
        tcb.statistics.observer().congestionWindow(tcb, tcb.congestion.cwnd(), tcb.congestion.ssthresh());
        pacer.timedOut();
        tcb.transmit(nowNanos);
    }

    private boolean isHopeless(final long nowNanos) {
        if (tcb.userTimeout.isSet()) {
            return tcb.timeouts > 0 && tcb.userTimeout.isOver(nowNanos);
        }
        return tcb.timeouts >= tcb.retries();
    }
}
