package io.tapstack.tcp;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * When to acknowledge (RFC 1122 4.2.3.2, RFC 5681 4.2): at once for every second full-sized segment, for what comes out of order
 * or fills a gap, and for what closes; otherwise when the timer expires, unless data goes out before and carries the ACK along.
 */
final class DelayedAck {

    private final TcpConfig config;
    private final Timer timer;
    private int bytesPending;
    private boolean due;

    DelayedAck(final TimerWheel wheel, final TcpConfig config, final Timer.Expiry expiry) {
        this.config = config;
        this.timer = new Timer(wheel, now -> {
            due = true; // until it is sent: the device may be full
            expiry.expired(now);
        });
    }

    /** New data came in order. {@code fullSegment} is the size of the peer's full segments, as far as seen. */
    void dataArrived(final int bytes, final int fullSegment, final long nowNanos) {
        bytesPending += bytes;
        // RFC 5681 4.2: an ACK SHOULD be generated for at least every second full-sized segment.
        if (config.quickAck() || bytesPending >= 2 * fullSegment || config.delayedAckNanos() == 0) {
            due = true;
        } else if (!timer.isArmed()) {
            timer.arm(nowNanos + config.delayedAckNanos());
        }
    }

    /** Something came that has to be acknowledged without delay. */
    void ackNow() {
        due = true;
    }

    /** True if an ACK has to go out now. */
    boolean isDue() {
        return due;
    }

    /** A segment with our ACK went out. */
    void ackSent() {
        due = false;
        bytesPending = 0;
        timer.cancel();
    }

    void stop() {
        ackSent();
    }
}
