package io.tapstack.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final Subject OURS = subject("ours");
    private static final Subject KERNEL = subject("kernel");
    private static final Subject LIMIT = subject("limit");

    private static Subject subject(final String name) {
        return new Subject(name, lab -> {
            throw new IOException("not in this test");
        });
    }

    private static Comparison compare(final String reference) {
        return Comparison.of("with " + reference, Metric.RATE, "ours", reference, Target.NONE);
    }

    @Test
    void leavesOutSubjectsThatNobodyAsksFor() {
        final Workload workload =
                new Workload("w", List.of(OURS, KERNEL, LIMIT), List.of(compare("kernel"), compare("limit")));
        final Workload less = workload.only(List.of(compare("limit")));
        assertThat(less.subjects()).containsExactly(OURS, LIMIT);
        assertThat(less.comparisons()).containsExactly(compare("limit"));
    }

    @Test
    void comparesOnlyWhatIsMeasured() {
        assertThatThrownBy(() -> new Workload("w", List.of(OURS), List.of(compare("kernel"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kernel");
    }
}
