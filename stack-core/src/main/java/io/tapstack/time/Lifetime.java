package io.tapstack.time;

/**
 * The end of a lifetime that a protocol gives in seconds, as a time of the stack. All ones mean infinity in the
 * protocols of IPv6 (RFC 4861 4.6.2) and in DHCP (RFC 2131 3.3).
 */
public final class Lifetime {

    /** The end of a lifetime that does not end. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** Infinity on the wire. */
    public static final long INFINITE_SECONDS = 0xFFFF_FFFFL;

    private static final long SECOND = 1_000_000_000L;

    private Lifetime() {}

    /** The end of a lifetime of {@code seconds}, 32 bits, that starts now. */
    public static long until(final long nowNanos, final long seconds) {
        return seconds == INFINITE_SECONDS ? FOREVER : nowNanos + seconds * SECOND;
    }

    /** True if the lifetime that ends at {@code until} is over. */
    public static boolean isOver(final long until, final long nowNanos) {
        return until != FOREVER && until - nowNanos <= 0;
    }

    /** The time that is left, in nanoseconds: 0 if it is over, {@link #FOREVER} if it does not end. */
    public static long leftNanos(final long until, final long nowNanos) {
        return until == FOREVER ? FOREVER : Math.max(0, until - nowNanos);
    }

    /** The earlier of two ends. */
    public static long earlier(final long a, final long b) {
        if (a == FOREVER || b == FOREVER) {
            return a == FOREVER ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    /** Arms {@code timer} for {@code until}; disarms it if that is {@link #FOREVER}. */
    public static void arm(final Timer timer, final long until) {
        if (until == FOREVER) {
            timer.cancel();
        } else {
            timer.arm(until);
        }
    }
}
