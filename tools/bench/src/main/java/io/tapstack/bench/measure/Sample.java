package io.tapstack.bench.measure;

import java.util.Map;
import java.util.NoSuchElementException;

/** The numbers of one run. Immutable. */
public final class Sample {

    private final Map<Metric, Double> values;

    private Sample(final Map<Metric, Double> values) {
        this.values = values;
    }

    /** One number. */
    public static Sample of(final Metric metric, final double value) {
        return new Sample(Map.of(metric, value));
    }

    /** Two numbers. */
    public static Sample of(final Metric first, final double one, final Metric second, final double other) {
        return new Sample(Map.of(first, one, second, other));
    }

    /** The number of {@code metric}. */
    public double value(final Metric metric) {
        final Double value = values.get(metric);
        if (value == null) {
            throw new NoSuchElementException("a run without " + metric.unit());
        }
        return value;
    }
}
