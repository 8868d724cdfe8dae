package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.time.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Keep-alives (RFC 9293 3.8.4, RFC 1122 4.2.3.6): off unless the application asks for them; probes only after a
 * silence; and only a series of unanswered probes ends the connection, as a single ACK may get lost. The timer is not
 * moved for every segment: when it expires it looks how long the silence was.
 */
final class KeepAlive implements Timer.Expiry {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    // Made when keep-alives are asked for.
    private @Nullable Timer timer;
    private long lastHeardNanos;
    private int unanswered;

    KeepAlive(final ControlBlock tcb, final SegmentOutput output) {
        this.tcb = tcb;
        this.output = output;
    }

    /** The connection is established, or the option was changed. */
    void update(final long nowNanos) {
        if (tcb.config.keepAlive()) {
            lastHeardNanos = nowNanos;
            unanswered = 0;
            arm(nowNanos + tcb.config.keepAliveIdleNanos());
        } else {
            stop();
        }
    }

    /** A segment came: the peer lives. */
    void heard(final long nowNanos) {
        lastHeardNanos = nowNanos;
        unanswered = 0;
    }

    /** Probes since the peer was last heard of. */
    int unanswered() {
        return unanswered;
    }

    @Override
    public void expired(final long nowNanos) {
        final long due = lastHeardNanos + tcb.config.keepAliveIdleNanos();
        if (unanswered == 0 && due - nowNanos > 0) {
            arm(due);
            return;
        }
        if (tcb.sndUna != tcb.sndNxt || tcb.persistTimer.isRunning()) {
            // Data in flight, or a closed window, is being probed anyway.
            update(nowNanos);
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
     * True if as many probes as allowed went unanswered; with TCP_USER_TIMEOUT, as on Linux, if the silence is longer
     * than that.
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
        if (timer != null) {
            timer.cancel();
        }
    }
}
