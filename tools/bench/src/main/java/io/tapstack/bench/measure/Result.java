package io.tapstack.bench.measure;

import org.jspecify.annotations.Nullable;

/**
 * What a comparison has come to. The names of the fields are those of the JSON.
 *
 * @param workload the comparison's name
 * @param unit of all values
 * @param value the median of the subject's runs
 * @param min the least of them
 * @param max the most of them
 * @param reference the name of what it is compared with, or null
 * @param referenceValue the median of the reference's runs, or null
 * @param ratio {@code value / referenceValue}, or null
 * @param runs how many timed runs each of the two has had
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

    /** A result beside its reference. */
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
