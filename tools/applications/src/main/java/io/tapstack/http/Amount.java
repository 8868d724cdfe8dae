package io.tapstack.http;

import java.util.Locale;

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
        return String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** A rate in bits per second, as in {@code 940 Mbit/s}; the smallest time counts as a microsecond. */
    public static String rate(final long bytes, final long nanos) {
        final double bits = bytes * 8.0 * 1e9 / Math.max(nanos, 1_000);
        if (bits >= 1e9) {
            return String.format(Locale.ROOT, "%.2f Gbit/s", bits / 1e9);
        }
        if (bits >= 1e6) {
            return String.format(Locale.ROOT, "%.1f Mbit/s", bits / 1e6);
        }
        return String.format(Locale.ROOT, "%.1f kbit/s", bits / 1e3);
    }

    /** A duration, as in {@code 0.8 ms} or {@code 12.3 s}. */
    public static String time(final long nanos) {
        if (nanos < 1_000_000_000L) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        }
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
