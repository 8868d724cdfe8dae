package io.tapstack.tcp.segment;

/** Limits events to a number per interval. */
public final class RateLimit {

    private final int limit;
    private final long intervalNanos;
    private long intervalStart;
    private int used;

    public RateLimit(final int limit, final long intervalNanos) {
        this.limit = limit;
        this.intervalNanos = intervalNanos;
    }

    /** Takes one permit of this interval; false if none is left. */
    public boolean tryTake(final long nowNanos) {
        if (used == 0 || nowNanos - intervalStart >= intervalNanos) {
            intervalStart = nowNanos;
            used = 0;
        }
        if (used >= limit) {
            return false;
        }
        used++;
        return true;
    }
}
