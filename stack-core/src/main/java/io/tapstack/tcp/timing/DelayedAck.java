package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * Delayed ACKs (RFC 1122 4.2.3.2, RFC 5681 4.2): an ACK is sent immediately for every second full-sized segment, for
 * out-of-order data, for data that fills a gap, and at a close. Otherwise the timer sends it, unless data carries it
 * before.
 *
 * <p>A super-segment counts as two segments. If several arrive together, one ACK for every second super-segment of the
 * largest size suffices: more would follow within microseconds, and cost the peer more than they tell. The ACK of a
 * super-segment therefore waits for the end of the burst, without a timer. A quick ACK ({@link QuickAck}) waits for it
 * too, and for the next poll: the application may answer by then, and its data carries the ACK.
 */
public final class DelayedAck implements Timer.Expiry {

    /** Two super-segments of the largest size. */
    private static final int BURST_BYTES = 2 * 65_536;

    private final TcpConfig config;
    private final Timer timer;
    private final QuickAck quick;
    private final Timeouts timeouts;
    private int bytesPending;
    private boolean due;

    // Due at the end of the burst; and whether that end was requested.
    private boolean dueAfterBurst;
    private boolean asked;

    // A quick ACK waits; and has waited for the end of a burst.
    private boolean quickPending;
    private boolean quickPassed;

    public DelayedAck(final TimerWheel wheel, final TcpConfig config, final Timeouts timeouts) {
        this.config = config;
        this.quick = new QuickAck(config);
        this.timeouts = timeouts;
        this.timer = new Timer(wheel, this);
    }

    @Override
    public void expired(final long nowNanos) {
        due = true; // until it is sent: the device may be full
        timeouts.ackTimeout(nowNanos);
    }

    /** Records new in-order data. {@code fullSegment} is the size of the peer's full segments, as far as seen. */
    public void dataArrived(final int bytes, final int fullSegment, final long nowNanos) {
        bytesPending += bytes;
        dueAfterBurst |= bytes > fullSegment;
        // RFC 5681 4.2: an ACK SHOULD be generated for at least every second full-sized segment.
        final int enough = dueAfterBurst ? BURST_BYTES : 2 * fullSegment;
        if (bytesPending >= enough || config.delayedAckNanos() == 0) {
            due = true;
        } else if (quick.isOn()) {
            quickPending = true;
            askForEndOfBurst();
        } else if (dueAfterBurst) {
            askForEndOfBurst();
        } else if (!timer.isArmed()) {
            timer.arm(nowNanos + config.delayedAckNanos());
        }
    }

    private void askForEndOfBurst() {
        if (!asked) {
            asked = true;
            timeouts.ackAfterBurst();
        }
    }

    /** The burst of segments has ended. */
    public void burstEnded() {
        asked = false;
        due |= dueAfterBurst || quickPassed;
        if (quickPending && !due) {
            quickPassed = true;
            askForEndOfBurst();
        }
    }

    /** Requests an immediate ACK. */
    public void ackNow() {
        due = true;
        timer.cancel();
    }

    /** Expects data to carry the ACK; otherwise the timer sends it. */
    public void ackWithData(final long nowNanos) {
        if (!timer.isArmed()) {
            timer.arm(nowNanos + config.delayedAckNanos());
        }
    }

    /** RFC 5681 4.2: duplicate or out-of-order data has arrived; it and the following segments get an immediate ACK. */
    public void ackTrouble() {
        ackNow();
        quick.trouble();
    }

    /** TCP_QUICKACK: with {@code on} a delayed ACK becomes due immediately. */
    public void quickAck(final boolean on) {
        quick.set(on);
        if (on && bytesPending > 0) {
            ackNow();
        }
    }

    /** The quick-ACK mode of this connection. */
    public QuickAck quickAck() {
        return quick;
    }

    /** True if received data is not acknowledged yet. */
    public boolean isPending() {
        return bytesPending > 0;
    }

    /** True if an ACK must be sent now. */
    public boolean isDue() {
        return due;
    }

    /** Records a segment with our ACK. */
    public void ackSent() {
        if (bytesPending > 0) {
            quick.acknowledged();
        }
        due = false;
        dueAfterBurst = false;
        quickPending = false;
        quickPassed = false;
        bytesPending = 0;
        timer.cancel();
    }

    /** Stops the timer. */
    public void stop() {
        ackSent();
    }
}
