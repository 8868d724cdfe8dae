package io.tapstack.time;

/**
 * A source of nanoseconds. Only the driver and devices in real time read a clock; the rest of the core takes the time
 * as an argument, so that the same code runs under real and under virtual time.
 */
@FunctionalInterface
public interface Clock {

    /** The monotonic clock of this machine, {@link System#nanoTime()}. */
    static Clock system() {
        return System::nanoTime;
    }

    /**
     * Nanoseconds since an arbitrary origin; never runs backwards. Values are compared by subtraction, as
     * {@link System#nanoTime()} says.
     */
    long nanoTime();
}
