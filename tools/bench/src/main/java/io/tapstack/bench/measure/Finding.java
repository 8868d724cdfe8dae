package io.tapstack.bench.measure;

/**
 * A comparison and what it has come to.
 *
 * @param comparison what was asked
 * @param result the answer
 */
public record Finding(Comparison comparison, Result result) {

    /** Whether the target is reached, or there is none. */
    public boolean isGood() {
        return comparison.target().isMetBy(result);
    }
}
