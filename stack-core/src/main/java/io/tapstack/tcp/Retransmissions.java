package io.tapstack.tcp;

import io.tapstack.error.SocketError;

/**
 * What happens when the retransmission timer expires (RFC 6298 5.4 to 5.7), and when it has expired too often (RFC 1122
 * 4.2.3.5).
 */
final class Retransmissions {

    /** R1 (RFC 1122 4.2.3.5): so many retransmissions without an answer, and the IP layer is told. */
    static final int ADVICE_AFTER = 3;

    private final TcpConnection tcb;

    Retransmissions(final TcpConnection tcb) {
        this.tcb = tcb;
    }

    void timedOut(final long nowNanos) {
        if (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED) {
            tcb.handshake.timedOut(nowNanos);
            return;
        }
        if (tcb.lossTimer.isProbeDue()) {
            // RFC 8985 7.2: where both are due, the probe comes first, and the timeout an RTO later.
            tcb.lossTimer.probeNow(nowNanos);
            return;
        }
        if (tcb.timeouts == 0) {
            tcb.userTimeout.begin(nowNanos);
        }
        final boolean hopeless = isHopeless(nowNanos);
        tcb.handshake.noteBlackHole(tcb.timeouts, hopeless, nowNanos);
        if (hopeless) {
            tcb.life.fail(tcb.life.errorOr(SocketError.ETIMEDOUT), nowNanos);
            return;
        }
        advise(tcb, tcb.timeouts);
        tcb.reduction.timedOut(nowNanos);
        tcb.counters.timeouts.timedOut(tcb.timeouts == 0, nowNanos);
        tcb.recovery.timedOut(tcb.arrives.acks().withoutAck(nowNanos), tcb.timeouts > 0);
        tcb.timeouts++;
        tcb.statistics.retransmissionTimeouts++;
        tcb.timing.cancel();
        tcb.estimator.backOff();
        tcb.userTimeout.limit(tcb.retransmissionTimer);
        tcb.retransmissionTimer.restart(nowNanos);
        tcb.statistics.observer().retransmissionTimeout(tcb, tcb.timeouts, tcb.estimator.rto());
        tcb.statistics.observer().congestionWindow(tcb, tcb.congestion.cwnd(), tcb.congestion.ssthresh());
        tcb.pacer.timedOut();
        tcb.sender.transmit(nowNanos);
    }

    /** RFC 1122 4.2.3.5 (a), for SYNs too: negative advice once the same segment was sent again R1 times. */
    static void advise(final TcpConnection tcb, final int retransmissions) {
        if (retransmissions >= ADVICE_AFTER) {
            tcb.path.suspectUnreachable();
        }
    }

    private boolean isHopeless(final long nowNanos) {
        if (tcb.userTimeout.isSet()) {
            return tcb.timeouts > 0 && tcb.userTimeout.isOver(nowNanos);
        }
        return tcb.timeouts >= tcb.life.retries();
    }
}
