package io.tapstack.time;

/**
 * Where nanoseconds come from. The core never asks a clock itself: whoever runs the stack reads one and passes the
 * value down, so that the same code runs under real and under virtual time.
 */
@FunctionalInterface
public interface Clock {

    /** The clock of this machine, as {@link System#nanoTime()} tells it. */
    static Clock system() {
        return System::nanoTime;
    }

    /**
     * Nanoseconds since an arbitrary origin; never runs backwards. Values are compared by subtraction, as
     * {@link System#nanoTime()} says.
     */
    long nanoTime();
}
