package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * The persist timer: probes a zero or very small window while no data in flight would bring an ACK (RFC 9293 3.8.6.1,
 * RFC 1122 4.2.2.17; 3.8.6.2.1 for the override timeout). The interval starts at the RTO and doubles up to the limit of
 * the RTO. The connection stays open while the peer acknowledges probes, for any time.
 */
public final class PersistTimer implements Timer.Expiry {

    private final Timer timer;
    private final RoundTripEstimator estimator;
    private final TcpConfig config;
    private final Timeouts timeouts;
    private long firstProbeNanos;
    private int probes;
    private int unanswered;

    public PersistTimer(
            final TimerWheel wheel,
            final RoundTripEstimator estimator,
            final TcpConfig config,
            final Timeouts timeouts) {
        this.timer = new Timer(wheel, this);
        this.timeouts = timeouts;
        this.config = config;
        this.estimator = estimator;
    }

    @Override
    public void expired(final long nowNanos) {
        timeouts.persistTimeout(nowNanos);
    }

    /** Starts the timer: data waits and the window has no room. */
    public void start(final long nowNanos) {
        if (!timer.isArmed()) {
            timer.arm(nowNanos + interval());
        }
    }

    /** Records a probe and doubles the interval. */
    public void probeSent(final long nowNanos) {
        if (probes == 0) {
            firstProbeNanos = nowNanos;
        }
        probes++;
        unanswered++;
        final long left = firstProbeNanos + config.userTimeoutNanos() - nowNanos;
        timer.arm(nowNanos + (config.userTimeoutNanos() > 0 ? Math.min(interval(), Math.max(0, left)) : interval()));
    }

    /** True if the window was probed for longer than the user timeout (TCP_USER_TIMEOUT; RFC 5482, RFC 6429 4). */
    public boolean isOverdue(final long nowNanos) {
        return config.userTimeoutNanos() > 0 && probes > 0 && nowNanos - firstProbeNanos >= config.userTimeoutNanos();
    }

    /** Stops the timer: the window is open, or no data waits. */
    public void stop() {
        timer.cancel();
        probes = 0;
        unanswered = 0;
    }

    /** Records a segment of the peer, whose window may still be closed. */
    public void heard() {
        unanswered = 0;
    }

    /** Number of probes since the last segment of the peer. */
    public int unanswered() {
        return unanswered;
    }

    /** True if a probe was sent since the timer was started. */
    public boolean hasProbed() {
        return probes > 0;
    }

    /** Number of probes since the timer was started, answered or not. */
    public int probes() {
        return probes;
    }

    /** True while the timer runs. */
    public boolean isRunning() {
        return timer.isArmed();
    }

    private long interval() {
        return Math.min(estimator.rto() << Math.min(probes, 16), config.maxRtoNanos());
    }
}
