package io.tapstack.http;

/** Formats sizes, rates and times for people. */
public final class Amount {

    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Amount() {}

    /** A size, as in {@code 512 B} or {@code 1.5 GiB}. */
    public static String bytes(final long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return decimal(value, value < 10 ? 2 : 1) + ' ' + UNITS[unit];
    }

    /** A rate in bits per second, as in {@code 940 Mbit/s}; the smallest time counts as a microsecond. */
    public static String rate(final long bytes, final long nanos) {
        final double bits = bytes * 8.0 * 1e9 / Math.max(nanos, 1_000);
        if (bits >= 1e9) {
            return decimal(bits / 1e9, 2) + " Gbit/s";
        }
        if (bits >= 1e6) {
            return decimal(bits / 1e6, 1) + " Mbit/s";
        }
        return decimal(bits / 1e3, 1) + " kbit/s";
    }

    /** A duration, as in {@code 0.8 ms} or {@code 12.3 s}. */
    public static String time(final long nanos) {
        if (nanos < 1_000_000_000L) {
            return decimal(nanos / 1e6, 1) + " ms";
        }
        return decimal(nanos / 1e9, 1) + " s";
    }

    /** A number that is not negative, rounded. (A line of an access log has two of them, and String.format is slow.) */
    private static String decimal(final double value, final int digits) {
        final long scale = digits == 1 ? 10 : 100;
        final long rounded = Math.round(value * scale);
        final long fraction = rounded % scale;
        return (rounded / scale) + (digits == 2 && fraction < 10 ? ".0" : ".") + fraction;
    }
}
