package io.tapstack.bench.measure;

/**
 * The target of a comparison.
 *
 * @param kind the bounded value, and the side of the bound
 * @param bound the last good value
 */
public record Target(Kind kind, double bound) {

    /** The value that a target bounds. */
    public enum Kind {
        /** Nothing: there is no target. */
        NONE,
        /** The ratio to the reference, from below. */
        RATIO_AT_LEAST,
        /** The ratio to the reference, from above. */
        RATIO_AT_MOST,
        /** The value itself, from below. */
        VALUE_AT_LEAST,
        /** The value itself, from above. */
        VALUE_AT_MOST
    }

    /** No target. */
    public static final Target NONE = new Target(Kind.NONE, 0);

    /** The ratio must be at least this. */
    public static Target atLeast(final double ratio) {
        return new Target(Kind.RATIO_AT_LEAST, ratio);
    }

    /** The ratio must be at most this. */
    public static Target atMost(final double ratio) {
        return new Target(Kind.RATIO_AT_MOST, ratio);
    }

    /** The value must be at least this. */
    public static Target valueAtLeast(final double value) {
        return new Target(Kind.VALUE_AT_LEAST, value);
    }

    /** The value must be at most this. */
    public static Target valueAtMost(final double value) {
        return new Target(Kind.VALUE_AT_MOST, value);
    }

    /** True if there is a target. */
    public boolean isSet() {
        return kind != Kind.NONE;
    }

    /** True if a result reaches it, or if there is none. */
    public boolean isMetBy(final Result result) {
        return switch (kind) {
            case NONE -> true;
            case RATIO_AT_LEAST -> result.ratio() != null && result.ratio() >= bound;
            case RATIO_AT_MOST -> result.ratio() != null && result.ratio() <= bound;
            case VALUE_AT_LEAST -> result.value() >= bound;
            case VALUE_AT_MOST -> result.value() <= bound;
        };
    }
}
