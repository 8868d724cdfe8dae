package io.tapstack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Workload;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private final AtomicLong now = new AtomicLong(17);

    private static Workload workload(final int subjects) {
        return new Workload(
                "w",
                IntStream.range(0, subjects)
                        .mapToObj(number -> new Subject("s" + number, lab -> {
                            throw new AssertionError("not measured in this test");
                        }))
                        .toList(),
                List.of());
    }

    @Test
    void theRestTakesAsLongForEachSubjectAsThoseBefore() {
        final Workload one = workload(2);
        final Workload two = workload(1);
        final Workload three = workload(5);
        final Schedule schedule = new Schedule(List.of(one, two, three), now::get);
        assertThat(schedule.position()).isEqualTo("1 of 3");
        now.addAndGet(TimeUnit.SECONDS.toNanos(6));
        schedule.finished(one);
        assertThat(schedule.position()).as("6 subjects of 3 s").isEqualTo("2 of 3, about 18 s left");
        now.addAndGet(TimeUnit.SECONDS.toNanos(99));
        schedule.finished(two);
        assertThat(schedule.position()).as("5 subjects of 35 s").isEqualTo("3 of 3, about 3 min left");
    }

    @Test
    void circumstancesNameWhatMakesFiguresRough() {
        assertThat(new Circumstances("m", Scale.FULL, 0.2).lines()).containsExactly("m", "5 runs of each, in turn");
        assertThat(new Circumstances("m", Scale.QUICK, 3.14).lines().get(1))
                .contains("up to 3 runs", "--quick", "the machine was busy (load 3.1)");
    }
}
