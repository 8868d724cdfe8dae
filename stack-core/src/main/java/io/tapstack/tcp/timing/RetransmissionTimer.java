package io.tapstack.tcp.timing;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/** The retransmission timer (RFC 6298 5): runs while data or a SYN or FIN in flight awaits an acknowledgement. */
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

    /** RFC 6298 5.1: starts the timer after a transmission, unless it runs. */
    public void start(final long nowNanos) {
        if (!timer.isArmed()) {
            restart(nowNanos);
        }
    }

    /**
     * RFC 6298 5.3 and 5.6: restarts the timer for one RTO, or up to the {@linkplain #limit limit} if that is sooner.
     */
    public void restart(final long nowNanos) {
        final long deadline = nowNanos + estimator.rto();
        final boolean isSooner = limited && limitNanos - nowNanos > 0 && limitNanos - deadline < 0;
        timer.arm(isSooner ? limitNanos : deadline);
    }

    /** Limits the expiry to {@code nanos}, the end of the user timeout, however long the RTO is. */
    void limit(final long nanos) {
        limited = true;
        limitNanos = nanos;
    }

    /** Removes the limit, as all data in flight is acknowledged. */
    public void noLimit() {
        limited = false;
    }

    /** RFC 6298 5.2: stops the timer, as all data is acknowledged. */
    public void stop() {
        timer.cancel();
    }

    /** Time of the expiry, while the timer runs. */
    public long deadlineNanos() {
        return timer.deadlineNanos();
    }

    /** True while the timer runs. */
    public boolean isRunning() {
        return timer.isArmed();
    }
}
