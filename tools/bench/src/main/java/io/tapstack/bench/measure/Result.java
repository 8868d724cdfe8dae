package io.tapstack.bench.measure;

import org.jspecify.annotations.Nullable;

/**
 * The result of a comparison. The names of the fields are those of the JSON.
 *
 * @param workload the comparison's name
 * @param unit of all values
 * @param value the median of the subject's runs
 * @param min their minimum
 * @param max their maximum
 * @param reference the name of the reference, or null
 * @param referenceValue the median of the reference's runs, or null
 * @param ratio {@code value / referenceValue}, or null
 * @param runs timed runs of each of the two
 */
public record Result(
        String workload,
        String unit,
        double value,
        double min,
        double max,
        @Nullable String reference,
        @Nullable Double referenceValue,
        @Nullable Double ratio,
        int runs) {

    /** A result with its reference. */
    static Result of(final Comparison comparison, final Series own, final @Nullable Series reference) {
        return new Result(
                comparison.name(),
                comparison.metric().unit(),
                own.median(),
                own.min(),
                own.max(),
                comparison.reference().orElse(null),
                reference == null ? null : reference.median(),
                reference == null || reference.median() == 0 ? null : own.median() / reference.median(),
                own.runs());
    }
}
