package io.tapstack.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.bench.lab.Scale;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The plan of a benchmark whose time is limited, with trials that take their time on a clock of the test. */
class BudgetTest {

    private static final Metric METRIC = Metric.RATE;

    private final AtomicLong now = new AtomicLong(17);
    private final List<Workload> workloads = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private int warmUps;

    /** The time that setting up, checking and one run of a subject take. */
    private record Pace(double setUp, double verify, double run) {}

    private void sleep(final double seconds) {
        now.addAndGet((long) (seconds * 1e9));
    }

    private void plan(final int count, final int subjects) {
        for (int i = 0; i < count; i++) {
            final List<Subject> named = new ArrayList<>();
            for (int j = 0; j < subjects; j++) {
                named.add(new Subject("s" + j, lab -> {
                    throw new AssertionError("opened by the test");
                }));
            }
            workloads.add(new Workload("w" + i, named, List.of(Comparison.alone("w" + i, METRIC, "s0", Target.NONE))));
        }
    }

    /** Measures as {@code Benchmark} does; returns the time in seconds. */
    private double measure(final Scale scale, final Pace pace) throws IOException, InterruptedException {
        final long start = now.get();
        final Budget budget = Budget.of(scale.limit(), workloads, now::get);
        for (final Workload workload : workloads) {
            if (!budget.isSpent()) {
                findings.addAll(
                        new Measurement(workload, scale, subject -> trial(pace), this::count, budget.next(workload))
                                .run());
            }
        }
        return (now.get() - start) / 1e9;
    }

    private void count(final String what) {
        warmUps += what.endsWith("warming up") ? 1 : 0;
    }

    private Trial trial(final Pace pace) {
        sleep(pace.setUp);
        return new Trial() {
            @Override
            public void verify() {
                sleep(pace.verify);
            }

            @Override
            public Sample run() {
                sleep(pace.run);
                return Sample.of(METRIC, 1);
            }
        };
    }

    private List<Integer> runs() {
        return findings.stream()
                .map(finding -> finding.result().runs())
                .distinct()
                .toList();
    }

    @Test
    void allRunsFitIntoEnoughTime() throws Exception {
        plan(28, 4);
        assertThat(measure(Scale.QUICK, new Pace(0.5, 0.2, 0.2))).isLessThan(240);
        assertThat(findings).hasSize(28);
        assertThat(runs()).containsExactly(3);
        assertThat(warmUps).isEqualTo(28 * 4);
    }

    @Test
    void repetitionsGiveWayBeforeWorkloadsDo() throws Exception {
        plan(28, 4);
        assertThat(measure(Scale.QUICK, new Pace(0.8, 0.4, 0.5))).isBetween(180.0, 245.0);
        assertThat(findings).hasSize(28);
        assertThat(runs()).doesNotContain(0).contains(1);
    }

    /** Every subject in every workload is measured once; the limit is passed by no more than one workload. */
    @Test
    void noWorkloadBeginsWhenTimeIsUp() throws Exception {
        plan(28, 4);
        final double oneWorkload = 4 * (2 + 1 + 3);
        assertThat(measure(Scale.QUICK, new Pace(2, 1, 3))).isBetween(240.0, 240 + oneWorkload);
        assertThat(findings).hasSize(10);
        assertThat(runs()).containsExactly(1);
        assertThat(warmUps).isZero();
    }

    /** A slow workload takes from those that follow, in proportion to their subjects. */
    @Test
    void shareIsThatOfTheSubjects() {
        plan(1, 2);
        plan(2, 4);
        final Budget budget = Budget.of(Duration.ofSeconds(100), workloads, now::get);
        assertThat(allows(budget.next(workloads.get(0)), 20)).isTrue();
        sleep(60);
        final Budget.Share second = budget.next(workloads.get(1));
        assertThat(allows(second, 20)).isTrue();
        assertThat(allows(second, 20.1)).isFalse();
        sleep(40);
        assertThat(budget.isSpent()).isTrue();
        assertThat(allows(budget.next(workloads.get(2)), 0.1)).isFalse();
    }

    private static boolean allows(final Budget.Share share, final double seconds) {
        return share.allows(1, (long) (seconds * 1e9));
    }

    @Test
    void publishedResultsHaveNoLimit() throws Exception {
        plan(2, 3);
        measure(Scale.FULL, new Pace(1_000, 1_000, 1_000));
        assertThat(runs()).containsExactly(5);
        assertThat(warmUps).isEqualTo(2 * 3 * 2);
        assertThat(Scale.QUICK.withRuns(7).limit()).isZero();
    }
}
