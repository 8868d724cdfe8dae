package io.tapstack.tcp;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * Keep-alives (RFC 9293 3.8.4, RFC 1122 4.2.3.6): off unless the application asks for them; probes only after a silence; and only a
 * series of unanswered probes ends the connection, as a single ACK may get lost. The timer is not moved for every segment: when it
 * expires it looks how long the silence was.
 */
final class KeepAlive {

    private final TcpConfig config;
    private final Timer timer;
    private long lastHeardNanos;
    private int unanswered;

    KeepAlive(final TimerWheel wheel, final TcpConfig config, final Timer.Expiry expiry) {
        this.config = config;
        this.timer = new Timer(wheel, expiry);
    }

    /** The connection is established, or the option was changed. */
    void update(final long nowNanos) {
        if (config.keepAlive()) {
            lastHeardNanos = nowNanos;
            unanswered = 0;
            timer.arm(nowNanos + config.keepAliveIdleNanos());
        } else {
            timer.cancel();
        }
    }

    /** A segment came: the peer lives. */
    void heard(final long nowNanos) {
        lastHeardNanos = nowNanos;
        unanswered = 0;
    }

    /** After an expiry: true if it is time for a probe, false if there was no such silence and the timer was set again. */
    boolean isSilent(final long nowNanos) {
        final long due = lastHeardNanos + config.keepAliveIdleNanos();
        if (unanswered == 0 && due - nowNanos > 0) {
            timer.arm(due);
            return false;
        }
        return true;
    }

    /** True if as many probes as allowed went unanswered. */
    boolean isExhausted() {
        return unanswered >= config.keepAliveCount();
    }

    void probeSent(final long nowNanos) {
        unanswered++;
        timer.arm(nowNanos + config.keepAliveIntervalNanos());
    }

    void stop() {
        timer.cancel();
    }
}
