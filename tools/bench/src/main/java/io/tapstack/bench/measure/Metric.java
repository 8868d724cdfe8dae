package io.tapstack.bench.measure;

/**
 * A number that a run yields.
 *
 * @param unit as results show it
 * @param moreIsBetter true if a larger number is better
 */
public record Metric(String unit, boolean moreIsBetter) {

    /** Payload over time. */
    public static final Metric RATE = new Metric("Gbit/s", true);

    /** The same, for low rates. */
    public static final Metric MEGABITS = new Metric("Mbit/s", true);

    /** CPU time of both ends for 10<sup>9</sup> bytes of payload. */
    public static final Metric CPU = new Metric("CPU s/GB", false);

    /** Exchanges over time. */
    public static final Metric PER_SECOND = new Metric("1/s", true);

    /** Time of one exchange. */
    public static final Metric MICROSECONDS = new Metric("us", false);

    /** Memory. */
    public static final Metric MEBIBYTES = new Metric("MiB", false);

    /** Share of one processor. */
    public static final Metric CPU_PERCENT = new Metric("% CPU", false);

    private static final double BITS = 8;

    /** Bytes over nanoseconds as {@link #RATE}: bytes per nanosecond are gigabytes a second. */
    public static double rate(final long bytes, final long nanos) {
        return bytes * BITS / Math.max(1, nanos);
    }
}
