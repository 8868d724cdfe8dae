package io.tapstack.bench.measure;

import java.util.Optional;

/**
 * One line of the results: a metric of one subject beside that of another.
 *
 * @param name what the results call it
 * @param metric which number of the runs
 * @param subject the name of the subject whose value it is
 * @param reference the name of the subject that it is compared with, if any
 * @param target what is to be reached
 */
public record Comparison(String name, Metric metric, String subject, Optional<String> reference, Target target) {

    /** A comparison with a reference. */
    public static Comparison of(
            final String name, final Metric metric, final String subject, final String reference, final Target target) {
        return new Comparison(name, metric, subject, Optional.of(reference), target);
    }

    /** A value that stands for itself. */
    public static Comparison alone(final String name, final Metric metric, final String subject, final Target target) {
        return new Comparison(name, metric, subject, Optional.empty(), target);
    }
}
