package io.tapstack.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {

    private static Result ratio(final double ratio) {
        return new Result("w", "u", 10 * ratio, 0, 99, "r", 10.0, ratio, 5);
    }

    @Test
    void boundsAreIncluded() {
        assertThat(Target.atLeast(2).isMetBy(ratio(2))).isTrue();
        assertThat(Target.atLeast(2).isMetBy(ratio(1.99))).isFalse();
        assertThat(Target.atMost(0.5).isMetBy(ratio(0.5))).isTrue();
        assertThat(Target.atMost(0.5).isMetBy(ratio(0.51))).isFalse();
        assertThat(Target.valueAtLeast(20).isMetBy(ratio(2))).isTrue();
        assertThat(Target.valueAtLeast(20).isMetBy(ratio(1.99))).isFalse();
        assertThat(Target.valueAtMost(256).isMetBy(ratio(25.6))).isTrue();
        assertThat(Target.valueAtMost(256).isMetBy(ratio(25.7))).isFalse();
        assertThat(Target.NONE.isMetBy(ratio(0))).isTrue();
    }

    @Test
    void withoutReferenceNoRatioIsReached() {
        final Result alone = new Result("w", "u", 3, 3, 3, null, null, null, 1);
        assertThat(Target.atLeast(0).isMetBy(alone)).isFalse();
        assertThat(Target.valueAtMost(3).isMetBy(alone)).isTrue();
    }
}
