package io.tapstack.tcp.congestion;

/**
 * The maximum of the values in a window of ticks, in constant space: the largest value and two younger candidates
 * (Kathleen Nichols' filter). A tick is any unit of the caller: nanoseconds or round trips.
 */
public final class WindowedMax {

    // Fields rather than an array: each connection has several filters.
    private long best;
    private long bestTick;
    private long second;
    private long secondTick;
    private long third;
    private long thirdTick;
    private boolean empty = true;

    /** True before the first {@link #update}, and after {@link #reset}. */
    public boolean isEmpty() {
        return empty;
    }

    /** The maximum, or 0 if there is no value. */
    public long max() {
        return empty ? 0 : best;
    }

    /** Removes all values. */
    public void reset() {
        empty = true;
    }

    /** Adds a value and drops those older than {@code window} ticks. */
    public void update(final long value, final long tick, final long window) {
        if (empty || value >= best || tick - thirdTick > window) {
            empty = false;
            best = value;
            bestTick = tick;
            second(value, tick);
            return;
        }
        if (value >= second) {
            second(value, tick);
        } else if (value >= third) {
            third(value, tick);
        }
        ageOut(value, tick, window);
    }

    private void ageOut(final long value, final long tick, final long window) {
        final long age = tick - bestTick;
        if (age > window) {
            moveUp();
            third(value, tick);
            if (tick - bestTick > window) {
                moveUp();
            }
        } else if (secondTick == bestTick && age > window / 4) {
            // A quarter of the window has passed without a second: takes one from the second quarter.
            second(value, tick);
        } else if (thirdTick == secondTick && age > window / 2) {
            third(value, tick);
        }
    }

    private void moveUp() {
        best = second;
        bestTick = secondTick;
        second = third;
        secondTick = thirdTick;
    }

    /** A new second is also the third, until a third arrives. */
    private void second(final long value, final long tick) {
        second = value;
        secondTick = tick;
        third(value, tick);
    }

    private void third(final long value, final long tick) {
        third = value;
        thirdTick = tick;
    }
}
