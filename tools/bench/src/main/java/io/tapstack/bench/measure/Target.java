package io.tapstack.bench.measure;

/**
 * What a comparison has to reach.
 *
 * @param kind what is bounded, and on which side
 * @param bound the last good value
 */
public record Target(Kind kind, double bound) {

    /** What a target bounds. */
    public enum Kind {
        /** Nothing: there is no target. */
        NONE,
        /** The ratio to the reference, from below. */
        RATIO_AT_LEAST,
        /** The ratio to the reference, from above. */
        RATIO_AT_MOST,
        /** The value itself, from above. */
        VALUE_AT_MOST
    }

    /** No target. */
    public static final Target NONE = new Target(Kind.NONE, 0);

    /** The ratio is to be this or more. */
    public static Target atLeast(final double ratio) {
        return new Target(Kind.RATIO_AT_LEAST, ratio);
    }

    /** The ratio is to be this or less. */
    public static Target atMost(final double ratio) {
        return new Target(Kind.RATIO_AT_MOST, ratio);
    }

    /** The value is to be this or less. */
    public static Target valueAtMost(final double value) {
        return new Target(Kind.VALUE_AT_MOST, value);
    }

    /** Whether there is one. */
    public boolean isSet() {
        return kind != Kind.NONE;
    }

    /** Whether a result reaches it; always so if there is none. */
    public boolean isMetBy(final Result result) {
        return switch (kind) {
            case NONE -> true;
            case RATIO_AT_LEAST -> result.ratio() != null && result.ratio() >= bound;
            case RATIO_AT_MOST -> result.ratio() != null && result.ratio() <= bound;
            case VALUE_AT_MOST -> result.value() <= bound;
        };
    }
}
