package io.tapstack.tcp;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * The waiting at the end: 2 MSL in TIME-WAIT, so that our last ACK can be repeated and old segments die (RFC 9293 3.6.1), and a limit
 * on FIN-WAIT-2 for a connection whose application is gone, as its peer may never close.
 */
final class TimeWait {

    private final TcpConfig config;
    private final Timer timer;

    TimeWait(final TimerWheel wheel, final TcpConfig config, final Timer.Expiry expiry) {
        this.config = config;
        this.timer = new Timer(wheel, expiry);
    }

    /** Starts the 2 MSL, or starts them again: the peer repeated its FIN. */
    void start(final long nowNanos) {
        timer.arm(nowNanos + config.timeWaitNanos());
    }

    void startFinWait2(final long nowNanos) {
        timer.arm(nowNanos + config.finWait2Nanos());
    }

    void stop() {
        timer.cancel();
    }
}
