package io.tapstack.bench.measure;

import java.util.List;

/**
 * A number from several runs.
 *
 * @param median the middle one, or the mean of the two middle ones
 * @param min the minimum
 * @param max the maximum
 * @param runs the number of runs
 */
public record Series(double median, double min, double max, int runs) {

    /** @param values at least one */
    public static Series of(final List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no runs");
        }
        final double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int middle = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Series(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    @Override
    public String toString() {
        return median + " (" + min + " to " + max + ", " + runs + " runs)";
    }
}
