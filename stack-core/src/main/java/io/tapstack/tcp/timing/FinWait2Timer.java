package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/** Limits FIN-WAIT-2 of a connection without an application, as its peer may never close (Linux's tcp_fin_timeout). */
public final class FinWait2Timer {

    private final TcpConfig config;
    private final Timer timer;

    public FinWait2Timer(final TimerWheel wheel, final TcpConfig config, final Timer.Expiry expiry) {
        this.config = config;
        this.timer = new Timer(wheel, expiry);
    }

    /** Starts the timer. */
    public void start(final long nowNanos) {
        timer.arm(nowNanos + config.finWait2Nanos());
    }

    /** Stops the timer. */
    public void stop() {
        timer.cancel();
    }
}
