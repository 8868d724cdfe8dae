package io.tapstack.bench.measure;

import java.util.Optional;

/**
 * A line of the results: a metric of one subject, compared with that of another.
 *
 * @param name of the line
 * @param metric of the runs
 * @param subject the name of the subject
 * @param reference the name of the subject to compare with, if any
 * @param target the target
 */
public record Comparison(String name, Metric metric, String subject, Optional<String> reference, Target target) {

    /** A comparison with a reference. */
    public static Comparison of(
            final String name, final Metric metric, final String subject, final String reference, final Target target) {
        return new Comparison(name, metric, subject, Optional.of(reference), target);
    }

    /** A value without a reference. */
    public static Comparison alone(final String name, final Metric metric, final String subject, final Target target) {
        return new Comparison(name, metric, subject, Optional.empty(), target);
    }
}
