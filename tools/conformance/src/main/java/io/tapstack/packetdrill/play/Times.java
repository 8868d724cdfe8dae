package io.tapstack.packetdrill.play;

import java.util.Locale;

/** Times in messages, in seconds. */
final class Times {

    private static final double MICROS_PER_SECOND = 1e6;

    private Times() {}

    static String seconds(final long micros) {
        return String.format(Locale.ROOT, "%.6f", micros / MICROS_PER_SECOND);
    }

    static String error(final String what, final long expected, final long actual, final long tolerance) {
        return "timing error: expected " + what + " at " + seconds(expected) + " sec but happened at " + seconds(actual)
                + " sec; tolerance " + seconds(tolerance) + " sec";
    }

    static String rangeError(
            final String what, final long start, final long end, final long actual, final long tolerance) {
        return "timing error: expected " + what + " between " + seconds(start) + " and " + seconds(end)
                + " sec but happened at " + seconds(actual) + " sec; tolerance " + seconds(tolerance) + " sec";
    }
}
