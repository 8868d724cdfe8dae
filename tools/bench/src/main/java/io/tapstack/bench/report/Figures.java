package io.tapstack.bench.report;

import io.tapstack.bench.measure.Target;
import java.util.Locale;

/** Formats numbers for people. */
final class Figures {

    private Figures() {}

    /** Three significant digits, and all digits before the point. */
    static String value(final double value) {
        final double size = Math.abs(value);
        final int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String ratio(final double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** As in {@code >= 2.0 x} or {@code <= 256}. */
    static String target(final Target target) {
        final String bound = target.bound() >= 100
                ? String.format(Locale.ROOT, "%.0f", target.bound())
                : String.valueOf(target.bound());
        return switch (target.kind()) {
            case NONE -> "";
            case RATIO_AT_LEAST -> ">= " + bound + " x";
            case RATIO_AT_MOST -> "<= " + bound + " x";
            case VALUE_AT_LEAST -> ">= " + bound;
            case VALUE_AT_MOST -> "<= " + bound;
        };
    }
}
