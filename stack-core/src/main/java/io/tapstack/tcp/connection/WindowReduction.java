package io.tapstack.tcp.connection;

import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;

/**
 * Reduces the congestion window at most once per window of data, for a loss, an ECN echo (RFC 3168 6.1.2) or a timeout.
 * A segment that was lost because of its size does not reduce it (RFC 1191 6.5, RFC 4821 7.6.2).
 */
final class WindowReduction {

    private final ControlBlock tcb;
    private boolean lostForSize;
    /** True if the last reduction was for a loss: it is undone if the loss was spurious. */
    private boolean forLoss;

    private final CwrReduction smooth;

    WindowReduction(final ControlBlock tcb) {
        this.tcb = tcb;
        this.smooth = new CwrReduction(tcb);
    }

    /** The send window in bytes: cwnd, limited by loss recovery and by a CWR reduction in progress. */
    int window() {
        return smooth.window(tcb.recovery.window(tcb.congestion.cwnd()));
    }

    /** True during a CWR reduction without a loss: Linux's state CWR. */
    boolean isCwr() {
        return smooth.isActive();
    }

    /** New data was sent. */
    void sent(final int bytes) {
        tcb.recovery.sent(bytes);
        smooth.sent(bytes);
    }

    /** Loss recovery has processed an ACK, and {@link #act} its verdict. */
    void acked(final AckArrival arrival) {
        smooth.acked(arrival);
    }

    /** The connection was idle for {@code idleNanos}, longer than the RTO (RFC 5681 4.1). */
    void restartAfterIdle(final long idleNanos) {
        smooth.stop();
        tcb.congestion.restartAfterIdle(idleNanos, tcb.estimator.rto());
    }

    /**
     * Applies the recovery verdict for an ACK or a timer.
     *
     * @param flight bytes in the network before it
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
                    // With SACK, PRR has reduced the flight to ssthresh, so cwnd is set to that (RFC 9937 5).
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
        // If the peer has closed its window with data in flight, the timer probes it; this says nothing about the
        // network.
        if (tcb.pathMtu.timedOut() || tcb.sndWnd == 0) {
            forLoss = false;
            return;
        }
        final int flight = Math.min(tcb.sndNxt - tcb.sndUna, tcb.congestion.cwnd());
        // As on Linux: in fast recovery, and after an echo, ssthresh is set for this flight already. That reduction
        // remains right if the timeout was spurious.
        final boolean first =
                tcb.timeouts == 0 && tcb.recovery.phase() != LossRecovery.Phase.RECOVERY && !smooth.isActive();
        smooth.stop();
        forLoss |= first;
        tcb.congestion.timedOut(flight, first, nowNanos);
        tcb.ecn.windowReduced(false);
    }

    /** Reduces the window if an ACK at or above SND.UNA echoes a mark. */
    void echo(final Segment segment, final long nowNanos) {
        if (tcb.ecn.ackArrived(segment) && !tcb.recovery.inRecovery()) {
            reduceForEcho(tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt), nowNanos);
        }
    }

    /**
     * The same in AccECN mode, after loss recovery has processed the ACK.
     *
     * @param segments segments that were in flight before the ACK
     * @param flight bytes that were in flight before the ACK
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
