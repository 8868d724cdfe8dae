package io.tapstack.tcp.connection;

import io.tapstack.tcp.congestion.SendQuantum;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Spreads segments over time, where congestion control asks for it or the application does (SO_MAX_PACING_RATE). What
 * leaves goes in {@linkplain SendQuantum quanta}: one may leave at once, and the next when this one has had its time at
 * the rate. A timer that was late by less than a quantum does not lower the rate.
 */
final class Pacer {

    private static final double NANOS_PER_SECOND = 1e9;

    private final ControlBlock tcb;
    // Made when something has to wait for the first time.
    private @Nullable Timer timer;
    private boolean started;
    private long nextNanos; // when all that was sent has had its time
    private int quantumLeft;

    Pacer(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** True if something may be sent now. If not, the timer will say when. */
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

    /** What a timeout sends again does not wait: there is nothing in the network that it could add to. */
    void timedOut() {
        quantumLeft = Math.max(quantumLeft, tcb.mss);
    }

    /**
     * How much of {@code length} bytes may leave in one piece: full segments, or all. {@link #maySend} has to be true.
     */
    int limit(final int length) {
        if (length <= quantumLeft || rate() == 0) {
            return length;
        }
        return Math.min(length, Math.max(tcb.mss, quantumLeft - quantumLeft % tcb.mss));
    }

    /** So many bytes have left. */
    void sent(final int bytes) {
        final long rate = rate();
        if (rate > 0) {
            quantumLeft = Math.max(0, quantumLeft - bytes);
            nextNanos += duration(bytes, rate);
        }
    }

    /** True while what there is to send waits for the timer. */
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

    /** Bytes a second, or 0 for no limit. */
    long rate() {
        final long wanted = tcb.congestion.pacingRate();
        final long most = tcb.config.maxPacingRate();
        return wanted == 0 || most > 0 && most < wanted ? most : wanted;
    }

    private static long duration(final int bytes, final long rate) {
        return (long) (bytes * NANOS_PER_SECOND / rate);
    }
}
