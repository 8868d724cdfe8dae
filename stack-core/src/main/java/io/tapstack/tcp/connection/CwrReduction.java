package io.tapstack.tcp.connection;

import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.ProportionalRateReduction;
import org.jspecify.annotations.Nullable;

/**
 * Reduces the flight to ssthresh after an ECN echo (RFC 3168 6.1.2) over one round trip, by Proportional Rate Reduction
 * (RFC 9937), as in Linux's state CWR. Without it the sender would be silent for half a round trip, and its queue at
 * the bottleneck would run empty. The reduction ends when data sent after it is acknowledged; loss recovery and
 * timeouts take precedence.
 */
final class CwrReduction {

    private final ControlBlock tcb;
    // Created at the first echo: most connections have none.
    private @Nullable ProportionalRateReduction prr;
    private boolean started;

    CwrReduction(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** Starts a reduction; {@code flight} bytes are in the network. */
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

    /** True while the reduction, not congestion control, sets the window. */
    boolean isActive() {
        return started && tcb.ecn.holdsGrowth() && !tcb.recovery.inRecovery();
    }

    /** Loss recovery has processed an ACK. */
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

    /** The window in bytes: that of the reduction while it is active, else {@code cwnd}. */
    int window(final int cwnd) {
        return prr != null && isActive() ? prr.cwnd() : cwnd;
    }
}
