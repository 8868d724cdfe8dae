package io.tapstack.tcp.congestion;

/**
 * The largest of the values of the last so many ticks, in constant space: the best value and two younger ones that
 * would take its place (Kathleen Nichols' filter). A tick is whatever the user counts in: nanoseconds or round trips.
 */
public final class WindowedMax {

    // Fields rather than an array: each connection has some of these.
    private long best;
    private long bestTick;
    private long second;
    private long secondTick;
    private long third;
    private long thirdTick;
    private boolean empty = true;

    /** True until the first {@link #update}, or since {@link #reset}. */
    public boolean isEmpty() {
        return empty;
    }

    /** The largest value, or 0 if there is none. */
    public long max() {
        return empty ? 0 : best;
    }

    public void reset() {
        empty = true;
    }

    /** Takes in a value; those older than {@code window} ticks are forgotten. */
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
            // A quarter of the window without a second best: one from the second quarter.
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

    /** A new second one is the third as well, until there is one. */
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
