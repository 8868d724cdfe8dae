package io.tapstack.tcp.timing;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * The retransmission timer and its rules (RFC 6298 5): it runs while something that the peer has to acknowledge is in
 * flight.
 */
public final class RetransmissionTimer implements Timer.Expiry {

    private final Timer timer;
    private final RoundTripEstimator estimator;
    private final Timeouts timeouts;
    private boolean limited;
    private long limitNanos;

    public RetransmissionTimer(final TimerWheel wheel, final RoundTripEstimator estimator, final Timeouts timeouts) {
        this.timer = new Timer(wheel, this);
        this.timeouts = timeouts;
        this.estimator = estimator;
    }

    @Override
    public void expired(final long nowNanos) {
        timeouts.retransmissionTimeout(nowNanos);
    }

    /** RFC 6298 5.1: something was sent; start unless it runs. */
    public void start(final long nowNanos) {
        if (!timer.isArmed()) {
            restart(nowNanos);
        }
    }

    /** RFC 6298 5.3 and 5.6: expire after RTO from now, or at the {@linkplain #limit limit} if that is sooner. */
    public void restart(final long nowNanos) {
        final long deadline = nowNanos + estimator.rto();
        final boolean isSooner = limited && limitNanos - nowNanos > 0 && limitNanos - deadline < 0;
        timer.arm(isSooner ? limitNanos : deadline);
    }

    /**
     * However far the RTO is backed off, there is something to be done at {@code nanos}: the user timeout is over then.
     */
    void limit(final long nanos) {
        limited = true;
        limitNanos = nanos;
    }

    /** What was in flight is acknowledged: no limit any more. */
    public void noLimit() {
        limited = false;
    }

    /** RFC 6298 5.2: all is acknowledged. */
    public void stop() {
        timer.cancel();
    }

    /** When it expires, if it runs. */
    public long deadlineNanos() {
        return timer.deadlineNanos();
    }

    public boolean isRunning() {
        return timer.isArmed();
    }
}
