package io.tapstack.tcp.connection;

import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.ProportionalRateReduction;
import org.jspecify.annotations.Nullable;

/**
 * How the flight comes down to a window that was reduced for an echo (RFC 3168 6.1.2), with nothing lost: over one
 * round trip, a segment for about each two that are delivered, by Proportional Rate Reduction (RFC 9937), as in Linux's
 * state CWR. Without it the sender would be silent for half a round trip, and its queue at the bottleneck empty. It
 * lasts until something is acknowledged that was sent after the reduction; what loss recovery or a timeout says goes
 * before it.
 */
final class CwrReduction {

    private final ControlBlock tcb;
    // Made at the first echo: most connections never see one.
    private @Nullable ProportionalRateReduction prr;
    private boolean started;

    CwrReduction(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** The window was reduced, with {@code flight} bytes in the network. */
    void start(final int flight) {
        ProportionalRateReduction reduction = prr;
        if (reduction == null) {
            reduction = new ProportionalRateReduction();
            prr = reduction;
        }
        started = !tcb.congestion.controlsRecovery();
        reduction.start(tcb.congestion.ssthresh(), flight, tcb.mss);
    }

    void stop() {
        started = false;
    }

    /** True while the window is that of the reduction, not yet congestion control's. */
    boolean isActive() {
        return started && tcb.ecn.holdsGrowth() && !tcb.recovery.inRecovery();
    }

    /** An ACK was taken in by loss recovery. */
    void acked(final AckArrival arrival) {
        final ProportionalRateReduction reduction = prr;
        if (reduction != null && arrival.deliveredBytes() > 0 && isActive()) {
            reduction.acked(arrival.deliveredBytes(), tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt), arrival.advances());
        }
    }

    /** New data was sent. */
    void sent(final int bytes) {
        if (prr != null) {
            prr.sent(bytes);
        }
    }

    /** How much may be in the network, where congestion control says {@code cwnd}. */
    int window(final int cwnd) {
        return prr != null && isActive() ? prr.cwnd() : cwnd;
    }
}
