package io.tapstack.tcp.connection;

import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.time.Timer;

/**
 * The two timers of RFC 8985, of which at most one runs: the reordering timer (6.2, step 5), and the timer of the tail
 * loss probe (7.2), which is never later than the retransmission timer.
 */
final class LossTimer implements Timer.Expiry {

    private final ControlBlock tcb;
    private final SegmentSender sender;
    private final WindowReduction reduction;
    private final Timer timer;
    private boolean forProbe;
    private boolean probeStarts;

    LossTimer(final ControlBlock tcb, final SegmentSender sender, final WindowReduction reduction) {
        this.tcb = tcb;
        this.sender = sender;
        this.reduction = reduction;
        this.timer = new Timer(tcb.host.timers, this);
    }

    /** New data was sent or SND.UNA has moved: the next update starts the PTO again. */
    void restartProbe() {
        probeStarts = true;
    }

    /** Starts, moves or stops the timer after a transmission. */
    void update(final long nowNanos) {
        final long reordering = tcb.recovery.reorderingDeadline();
        if (reordering != Long.MAX_VALUE) {
            forProbe = false;
            timer.arm(reordering);
            return;
        }
        final long probe = tcb.recovery.probeTimeout(tcb.estimator.srtt());
        if (probe == 0 || !tcb.retransmissionTimer.isRunning() || tcb.isPeerWindowShrunk()) {
            // RFC 9293 3.8.6, SHLD-16: the last segment is beyond a window that has shrunk; the retransmission timer
            // handles the rest.
            timer.cancel();
        } else if (probeStarts || !forProbe) {
            forProbe = true;
            final long latest = tcb.retransmissionTimer.deadlineNanos();
            final long wanted = nowNanos + probe;
            timer.arm(latest - wanted < 0 ? latest : wanted);
        }
        probeStarts = false;
    }

    /** True if a probe is due in place of the retransmission timeout that has just expired. */
    boolean isProbeDue() {
        return isRunning() && forProbe;
    }

    boolean isRunning() {
        return timer.isArmed();
    }

    void stop() {
        timer.cancel();
    }

    @Override
    public void expired(final long nowNanos) {
        if (forProbe) {
            sender.sendTailLossProbe(nowNanos);
        } else {
            // RFC 8985 6.2, step 5: the reordering window has ended, so a segment not yet delivered is lost.
            final int flight = Math.min(tcb.sndNxt - tcb.sndUna, tcb.congestion.cwnd());
            final AckArrival arrival = tcb.timerEvent(nowNanos);
            reduction.act(tcb.recovery.reorderingTimedOut(arrival), flight, arrival);
        }
        tcb.transmit(nowNanos);
    }

    /** Sends the probe in place of a timeout at the same time. */
    void probeNow(final long nowNanos) {
        timer.cancel();
        expired(nowNanos);
        if (tcb.maySendData() && tcb.sndUna != tcb.sndNxt) {
            // RFC 6298 5.1: the device may have had no room for the probe; then the retransmission timer must still
            // run.
            tcb.retransmissionTimer.start(nowNanos);
        }
    }
}
