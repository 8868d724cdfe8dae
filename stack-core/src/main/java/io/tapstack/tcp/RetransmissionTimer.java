package io.tapstack.tcp;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * The retransmission timer and its rules (RFC 6298 5): it runs while something that the peer has to acknowledge is in flight.
 */
final class RetransmissionTimer {

    private final Timer timer;
    private final RoundTripEstimator estimator;
    private long latestNanos = Long.MAX_VALUE;

    RetransmissionTimer(final TimerWheel wheel, final RoundTripEstimator estimator, final Timer.Expiry expiry) {
        this.timer = new Timer(wheel, expiry);
        this.estimator = estimator;
    }

    /** RFC 6298 5.1: something was sent; start unless it runs. */
    void start(final long nowNanos) {
        if (!timer.isArmed()) {
            restart(nowNanos);
        }
    }

    /** RFC 6298 5.3 and 5.6: expire after RTO from now. */
    void restart(final long nowNanos) {
        timer.arm(Math.min(nowNanos + estimator.rto(), latestNanos));
    }

    /** From now on it does not wait for longer than that; {@link Long#MAX_VALUE} for no limit ({@link UserTimeout}). */
    void notAfter(final long nanos) {
        latestNanos = nanos;
    }

    /** RFC 6298 5.2: all is acknowledged. */
    void stop() {
        timer.cancel();
    }

    /** When it expires, if it runs. */
    long deadlineNanos() {
        return timer.deadlineNanos();
    }

    boolean isRunning() {
        return timer.isArmed();
    }
}
