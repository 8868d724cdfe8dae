package io.tapstack.time;

import org.jspecify.annotations.Nullable;

/**
 * An alarm on a {@link TimerWheel}. It is made once, with the object that owns it, and armed and cancelled as often as
 * needed; neither allocates. Confined to the holder of the stack's lock.
 */
public final class Timer {

    /** The action of a timer. */
    @FunctionalInterface
    public interface Expiry {
        /**
         * Called when the deadline has passed. The timer is no longer armed and may be armed again from here.
         *
         * @param nowNanos the time that the stack was given, at or after the deadline
         */
        void expired(long nowNanos);
    }

    private final TimerWheel wheel;
    private final Expiry expiry;

    // Links of the slot's list; both are null while the timer is not armed.
    @Nullable
    Timer next;

    @Nullable
    Timer previous;

    int slot = TimerWheel.NO_SLOT;
    long deadlineNanos;

    /** Creates a timer that is not armed. */
    public Timer(final TimerWheel wheel, final Expiry expiry) {
        this.wheel = wheel;
        this.expiry = expiry;
    }

    /** Arms the timer, or moves it if it is already armed. A deadline in the past fires at the next advance. */
    public void arm(final long deadlineNanos) {
        if (isArmed()) {
            if (this.deadlineNanos == deadlineNanos) {
                return;
            }
            wheel.remove(this);
        }
        this.deadlineNanos = deadlineNanos;
        wheel.insert(this);
    }

    /** Disarms the timer; does nothing if it is not armed. */
    public void cancel() {
        if (isArmed()) {
            wheel.remove(this);
        }
    }

    public boolean isArmed() {
        return slot != TimerWheel.NO_SLOT;
    }

    /** The deadline; meaningful while {@link #isArmed()}. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    void fire(final long nowNanos) {
        expiry.expired(nowNanos);
    }
}
