package io.tapstack.tcp.congestion;

/**
 * The largest of the values of the last so many ticks, in constant space: the best value and two younger ones that would take its place
 * (Kathleen Nichols' filter). A tick is whatever the user counts in: nanoseconds or round trips.
 */
public final class WindowedMax {

    private final long[] values = new long[3];
    private final long[] ticks = new long[3];
    private boolean empty = true;

    /** True until the first {@link #update}, or since {@link #reset}. */
    public boolean isEmpty() {
        return empty;
    }

    /** The largest value, or 0 if there is none. */
    public long max() {
        return empty ? 0 : values[0];
    }

    public void reset() {
        empty = true;
    }

    /** Takes in a value; those older than {@code window} ticks are forgotten. */
    public void update(final long value, final long tick, final long window) {
        if (empty || value >= values[0] || tick - ticks[2] > window) {
            empty = false;
            set(0, value, tick);
            set(1, value, tick);
            set(2, value, tick);
            return;
        }
        if (value >= values[1]) {
            set(1, value, tick);
            set(2, value, tick);
        } else if (value >= values[2]) {
            set(2, value, tick);
        }
        ageOut(value, tick, window);
    }

    private void ageOut(final long value, final long tick, final long window) {
        final long age = tick - ticks[0];
        if (age > window) {
            set(0, values[1], ticks[1]);
            set(1, values[2], ticks[2]);
            set(2, value, tick);
            if (tick - ticks[0] > window) {
                set(0, values[1], ticks[1]);
                set(1, values[2], ticks[2]);
            }
        } else if (ticks[1] == ticks[0] && age > window / 4) {
            // A quarter of the window without a second best: one from the second quarter.
            set(1, value, tick);
            set(2, value, tick);
        } else if (ticks[2] == ticks[1] && age > window / 2) {
            set(2, value, tick);
        }
    }

    private void set(final int at, final long value, final long tick) {
        values[at] = value;
        ticks[at] = tick;
    }
}
