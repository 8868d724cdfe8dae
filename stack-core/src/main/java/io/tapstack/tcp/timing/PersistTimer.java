package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * Probes a window that is closed, or too small to be worth using, while nothing is in flight that would bring an ACK
 * (RFC 9293 3.8.6.1, RFC 1122 4.2.2.17; 3.8.6.2.1 for the override timeout). The interval starts at the RTO and doubles
 * up to the RTO's own limit. As long as the peer acknowledges the probes the connection stays open, however long it
 * takes.
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

    /** There is something to send and no window for it. */
    public void start(final long nowNanos) {
        if (!timer.isArmed()) {
            timer.arm(nowNanos + interval());
        }
    }

    /** A probe was sent; the next one takes longer. */
    public void probeSent(final long nowNanos) {
        if (probes == 0) {
            firstProbeNanos = nowNanos;
        }
        probes++;
        unanswered++;
        final long left = firstProbeNanos + config.userTimeoutNanos() - nowNanos;
        timer.arm(nowNanos + (config.userTimeoutNanos() > 0 ? Math.min(interval(), Math.max(0, left)) : interval()));
    }

    /**
     * True if the window has been probed for longer than the user wants to wait (TCP_USER_TIMEOUT; RFC 5482, RFC 6429
     * 4).
     */
    public boolean isOverdue(final long nowNanos) {
        return config.userTimeoutNanos() > 0 && probes > 0 && nowNanos - firstProbeNanos >= config.userTimeoutNanos();
    }

    /** The window is open, or there is nothing to send. */
    public void stop() {
        timer.cancel();
        probes = 0;
        unanswered = 0;
    }

    /** The peer lives, though its window may still be closed. */
    public void heard() {
        unanswered = 0;
    }

    /** Probes since the peer was last heard of. */
    public int unanswered() {
        return unanswered;
    }

    /** True if the window was probed since the timer was started. */
    public boolean hasProbed() {
        return probes > 0;
    }

    /** Probes since the timer was started, answered or not. */
    public int probes() {
        return probes;
    }

    public boolean isRunning() {
        return timer.isArmed();
    }

    private long interval() {
        return Math.min(estimator.rto() << Math.min(probes, 16), config.maxRtoNanos());
    }
}
