package io.tapstack.bench.measure;

/**
 * A comparison and its result.
 *
 * @param comparison the question
 * @param result the answer
 */
public record Finding(Comparison comparison, Result result) {

    /** True if the target is reached, or there is none. */
    public boolean isGood() {
        return comparison.target().isMetBy(result);
    }
}
