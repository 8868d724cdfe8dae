package io.tapstack.tcp;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * A limit on FIN-WAIT-2 for a connection whose application is gone, as its peer may never close (Linux's
 * tcp_fin_timeout).
 */
final class FinWait2Timer {

    private final TcpConfig config;
    private final Timer timer;

    FinWait2Timer(final TimerWheel wheel, final TcpConfig config, final Timer.Expiry expiry) {
        this.config = config;
        this.timer = new Timer(wheel, expiry);
    }

    void start(final long nowNanos) {
        timer.arm(nowNanos + config.finWait2Nanos());
    }

    void stop() {
        timer.cancel();
    }
}
