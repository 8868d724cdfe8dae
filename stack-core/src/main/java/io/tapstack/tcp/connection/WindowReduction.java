package io.tapstack.tcp.connection;

import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;

/**
 * For what the congestion window is reduced, and that it is reduced once for all that happens in one window of data:
 * losses, marks that the peer echoes (RFC 3168 6.1.2), timeouts. A segment that was lost for its size is no reason (RFC
 * 1191 6.5, RFC 4821 7.6.2).
 */
final class WindowReduction {

    private final ControlBlock tcb;
    private boolean lostForSize;
    /** The last reduction was for a loss, so that it is taken back if nothing was lost. */
    private boolean forLoss;

    private final CwrReduction smooth;

    WindowReduction(final ControlBlock tcb) {
        this.tcb = tcb;
        this.smooth = new CwrReduction(tcb);
    }

    /** How much may be in the network now: cwnd, but for what recovery and a reduction that goes on make of it. */
    int window() {
        return smooth.window(tcb.recovery.window(tcb.congestion.cwnd()));
    }

    /** True while the flight comes down after an echo, and nothing is lost: Linux's state CWR. */
    boolean isCwr() {
        return smooth.isActive();
    }

    /** New data was sent. */
    void sent(final int bytes) {
        tcb.recovery.sent(bytes);
        smooth.sent(bytes);
    }

    /** Loss recovery has taken in an ACK, and {@link #act} its verdict. */
    void acked(final AckArrival arrival) {
        smooth.acked(arrival);
    }

    /** Nothing was sent for {@code idleNanos}, which is longer than the RTO (RFC 5681 4.1). */
    void restartAfterIdle(final long idleNanos) {
        smooth.stop();
        tcb.congestion.restartAfterIdle(idleNanos, tcb.estimator.rto());
    }

    /**
     * Does what loss recovery's {@code verdict} on an ACK, or on a timer, asks for; {@code flight} bytes were in the
     * network.
     */
    void act(final Verdict verdict, final int flight, final AckArrival arrival) {
        final CongestionControl congestion = tcb.congestion;
        final long nowNanos = arrival.nowNanos;
        switch (verdict) {
            case LOSS_DETECTED -> lossDetected(flight, arrival);
            case REPAIRED -> {
                reduceForLoss(flight, nowNanos);
                congestion.recovered(congestion.ssthresh(), nowNanos);
            }
            case RECOVERED -> {
                if (!lostForSize) {
                    // With SACK the flight has come down to ssthresh by now, and cwnd can be that (RFC 9937 5).
                    final int limit =
                            tcb.sackAgreed ? congestion.ssthresh() : tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt);
                    congestion.recovered(limit, nowNanos);
                }
            }
            case UNDONE -> {
                tcb.statistics.undoneRecoveries++;
                if (forLoss) {
                    congestion.undo(nowNanos);
                }
            }
            case NORMAL, IN_RECOVERY -> {
                return;
            }
        }
        changed();
    }

    private void lossDetected(final int flight, final AckArrival arrival) {
        final CongestionControl congestion = tcb.congestion;
        tcb.statistics.fastRecoveries++;
        tcb.timing.cancel();
        smooth.stop();
        lostForSize = tcb.pathMtu.probing.explainsLoss();
        forLoss = false;
        if (!lostForSize) {
            reduceForLoss(flight, arrival.nowNanos);
        }
        final int target = lostForSize ? congestion.cwnd() : congestion.ssthresh();
        tcb.recovery.reduced(target, !congestion.controlsRecovery(), arrival);
    }

    private void reduceForLoss(final int flight, final long nowNanos) {
        forLoss = !tcb.ecn.isReduced();
        if (forLoss) {
            tcb.congestion.lossDetected(flight, nowNanos);
            tcb.ecn.windowReduced(false);
        }
    }

    /** The retransmission timer has expired. */
    void timedOut(final long nowNanos) {
        // A peer that closed its window while data was in flight is probed by the timer; that says nothing about the
        // network.
        if (tcb.pathMtu.timedOut() || tcb.sndWnd == 0) {
            forLoss = false;
            return;
        }
        final int flight = Math.min(tcb.sndNxt - tcb.sndUna, tcb.congestion.cwnd());
        // In fast recovery, and after an echo, ssthresh was set for this very flight, as in Linux. If the timeout was a
        // mistake that reduction is still right.
        final boolean first =
                tcb.timeouts == 0 && tcb.recovery.phase() != LossRecovery.Phase.RECOVERY && !smooth.isActive();
        smooth.stop();
        forLoss |= first;
        tcb.congestion.timedOut(flight, first, nowNanos);
        tcb.ecn.windowReduced(false);
    }

    /** An ACK at or above SND.UNA came, and may echo a mark. */
    void echo(final Segment segment, final long nowNanos) {
        if (tcb.ecn.ackArrived(segment) && !tcb.recovery.inRecovery()) {
            reduceForEcho(tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt), nowNanos);
        }
    }

    /**
     * The same in AccECN mode, when loss recovery has taken in the ACK: {@code flight} bytes, {@code segments} of them,
     * were in the network.
     */
    void feedback(final Segment segment, final AckArrival arrival, final int segments, final int flight) {
        final boolean newer = SequenceNumber.lessThan(tcb.sndWl1, segment.seq);
        if (tcb.ecn.feedbackArrived(segment, arrival.deliveredSegments(), newer, segments)
                && !tcb.recovery.inRecovery()) {
            reduceForEcho(flight, arrival.nowNanos);
        }
    }

    private void reduceForEcho(final int flight, final long nowNanos) {
        tcb.congestion.congestionExperienced(flight, tcb.config.alternativeBackoff(), nowNanos);
        tcb.ecn.windowReduced(true);
        forLoss = false;
        smooth.start(flight);
        changed();
    }

    private void changed() {
        tcb.statistics.observer().congestionWindow(tcb, tcb.congestion.cwnd(), tcb.congestion.ssthresh());
    }
}
