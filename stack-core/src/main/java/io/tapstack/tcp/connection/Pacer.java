package io.tapstack.tcp.connection;

import io.tapstack.tcp.congestion.SendQuantum;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Spreads segments over time at the pacing rate of congestion control or of the application (SO_MAX_PACING_RATE). A
 * {@linkplain SendQuantum quantum} is sent at once, and the next when the rate allows. A timer that is late by less
 * than a quantum does not lower the rate.
 */
final class Pacer {

    private static final double NANOS_PER_SECOND = 1e9;

    private final ControlBlock tcb;
    // Created when a segment has to wait for the first time.
    private @Nullable Timer timer;
    private boolean started;
    private long nextNanos; // when the rate allows the next quantum
    private int quantumLeft;

    Pacer(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** True if a segment may be sent now; otherwise starts the timer that calls transmit. */
    boolean maySend(final long nowNanos) {
        final long rate = rate();
        if (rate == 0) {
            return true;
        }
        if (started && nowNanos - nextNanos < 0) {
            if (quantumLeft > 0) {
                return true;
            }
            waitUntil(nextNanos);
            return false;
        }
        final int quantum = SendQuantum.of(rate, tcb.mss);
        final long earliest = nowNanos - duration(quantum, rate);
        nextNanos = started && nextNanos - earliest > 0 ? nextNanos : earliest;
        started = true;
        quantumLeft = quantum;
        return true;
    }

    /** Allows the retransmission of a timeout at once: the network is empty, so it adds no load. */
    void timedOut() {
        quantumLeft = Math.max(quantumLeft, tcb.mss);
    }

    /**
     * Limits a segment to the rest of the quantum, in full segments. Call only if {@link #maySend} is true.
     *
     * @return bytes of {@code length} that may be sent together
     */
    int limit(final int length) {
        if (length <= quantumLeft || rate() == 0) {
            return length;
        }
        return Math.min(length, Math.max(tcb.mss, quantumLeft - quantumLeft % tcb.mss));
    }

    /** Charges {@code bytes} to the pacing budget. */
    void sent(final int bytes) {
        final long rate = rate();
        if (rate > 0) {
            quantumLeft = Math.max(0, quantumLeft - bytes);
            nextNanos += duration(bytes, rate);
        }
    }

    /** True while segments wait for the timer. */
    boolean isWaiting() {
        return timer != null && timer.isArmed();
    }

    private void waitUntil(final long nanos) {
        Timer waiting = timer;
        if (waiting == null) {
            waiting = new Timer(tcb.host.timers, tcb::transmit);
            timer = waiting;
        }
        waiting.arm(nanos);
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** The pacing rate in bytes per second, or 0 for no limit. */
    long rate() {
        final long wanted = tcb.congestion.pacingRate();
        final long most = tcb.config.maxPacingRate();
        return wanted == 0 || most > 0 && most < wanted ? most : wanted;
    }

    private static long duration(final int bytes, final long rate) {
        return (long) (bytes * NANOS_PER_SECOND / rate);
    }
}
