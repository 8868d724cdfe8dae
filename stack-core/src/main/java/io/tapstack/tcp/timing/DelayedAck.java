package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;

/**
 * When to acknowledge (RFC 1122 4.2.3.2, RFC 5681 4.2): at once for every second full-sized segment, for what comes out
 * of order or fills a gap, and for what closes; otherwise when the timer expires, unless data goes out before and
 * carries the ACK along.
 *
 * <p>A super-segment, which the device has put together from many, is as good as two. But where several of them have
 * come together, each second one of the largest is enough: their ACKs would follow each other within microseconds, and
 * cost the peer more than they tell it. So the ACK of a super-segment waits until all that has come is handled, which
 * is not long enough for a timer. A quick ACK ({@link QuickAck}) waits for that too, and for the next poll: an
 * application that is called as soon as the stack has handled what came may answer, and save it.
 */
public final class DelayedAck implements Timer.Expiry {

    /** Two of the largest super-segments. */
    private static final int BURST_BYTES = 2 * 65_536;

    private final TcpConfig config;
    private final Timer timer;
    private final QuickAck quick;
    private final Timeouts timeouts;
    private int bytesPending;
    private boolean due;

    // Due when all that has come is handled; and whether it was asked for that this be told.
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

    /** New data came in order. {@code fullSegment} is the size of the peer's full segments, as far as seen. */
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

    /** All that has come is handled. */
    public void burstEnded() {
        asked = false;
        due |= dueAfterBurst || quickPassed;
        if (quickPending && !due) {
            quickPassed = true;
            askForEndOfBurst();
        }
    }

    /** Something came that has to be acknowledged without delay. */
    public void ackNow() {
        due = true;
        timer.cancel();
    }

    /** Data of ours is about to follow, and carries the ACK; if it does not, the timer sends it. */
    public void ackWithData(final long nowNanos) {
        if (!timer.isArmed()) {
            timer.arm(nowNanos + config.delayedAckNanos());
        }
    }

    /**
     * RFC 5681 4.2: something came twice, or out of order: it, and what follows, has to be acknowledged without delay.
     */
    public void ackTrouble() {
        ackNow();
        quick.trouble();
    }

    /** TCP_QUICKACK: an ACK that waits goes out now, if {@code on}. */
    public void quickAck(final boolean on) {
        quick.set(on);
        if (on && bytesPending > 0) {
            ackNow();
        }
    }

    public QuickAck quickAck() {
        return quick;
    }

    /** True if there is data that is not acknowledged yet. */
    public boolean isPending() {
        return bytesPending > 0;
    }

    /** True if an ACK has to go out now. */
    public boolean isDue() {
        return due;
    }

    /** A segment with our ACK went out. */
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

    public void stop() {
        ackSent();
    }
}
