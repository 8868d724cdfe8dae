package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Keep-alives (RFC 9293 3.8.4, RFC 1122 4.2.3.6): off by default, and sent after an idle time. A series of unanswered
 * probes ends the connection, as a single ACK may get lost. A segment does not move the timer; the timer checks the
 * idle time when it expires.
 */
final class KeepAlive implements Timer.Expiry {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    // Created when the application turns keep-alives on.
    private @Nullable Timer timer;
    private boolean on;
    private long idleNanos;
    private long lastHeardNanos;
    private int unanswered;

    KeepAlive(final ControlBlock tcb, final SegmentOutput output) {
        this.tcb = tcb;
        this.output = output;
    }

    /** The connection is established. */
    void established(final long nowNanos) {
        heard(nowNanos);
        configChanged(nowNanos);
    }

    /**
     * An option was changed. As on Linux, SO_KEEPALIVE begins an idle time now, and a new TCP_KEEPIDLE counts from the
     * last segment of the peer; no other option moves the timer.
     */
    void configChanged(final long nowNanos) {
        final boolean wasOn = on;
        final boolean idleChanged = idleNanos != tcb.config.keepAliveIdleNanos();
        on = tcb.config.keepAlive();
        idleNanos = tcb.config.keepAliveIdleNanos();
        if (!on) {
            stop();
        } else if (!wasOn) {
            arm(nowNanos + idleNanos);
        } else if (idleChanged) {
            arm(Math.max(nowNanos, lastHeardNanos + idleNanos));
        }
    }

    /** An acceptable segment has arrived: restarts the idle time. */
    void heard(final long nowNanos) {
        lastHeardNanos = nowNanos;
        unanswered = 0;
    }

    /** Probes sent since the last segment of the peer. */
    int unanswered() {
        return unanswered;
    }

    @Override
    public void expired(final long nowNanos) {
        final long due = lastHeardNanos + idleNanos;
        if (unanswered == 0 && due - nowNanos > 0) {
            arm(due);
            return;
        }
        if (tcb.sndUna != tcb.sndNxt || tcb.persistTimer.isRunning()) {
            // The retransmission timer or the persist timer already probes the peer.
            unanswered = 0;
            arm(nowNanos + idleNanos);
            return;
        }
        if (isExhausted(nowNanos)) {
            tcb.abortFor(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        output.sendKeepAlive(nowNanos);
        unanswered++;
        arm(nowNanos + tcb.config.keepAliveIntervalNanos());
    }

    /**
     * True if the allowed number of probes is unanswered; with TCP_USER_TIMEOUT, as on Linux, if the idle time exceeds
     * it.
     */
    private boolean isExhausted(final long nowNanos) {
        final long userTimeout = tcb.config.userTimeoutNanos();
        return userTimeout > 0
                ? unanswered > 0 && nowNanos - lastHeardNanos >= userTimeout
                : unanswered >= tcb.config.keepAliveCount();
    }

    private void arm(final long nanos) {
        Timer armed = timer;
        if (armed == null) {
            armed = new Timer(tcb.host.timers, this);
            timer = armed;
        }
        armed.arm(nanos);
    }

    void stop() {
        on = false;
        if (timer != null) {
            timer.cancel();
        }
    }
}
