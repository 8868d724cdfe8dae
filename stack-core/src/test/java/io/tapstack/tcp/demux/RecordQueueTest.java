package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.time.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records in the order of their deadlines, against a list that is searched. */
class RecordQueueTest {

    /** A record of nothing. */
    private static final class Entry extends TupleRecord {
        Entry() {
            super(TestPath.BETWEEN_HOSTS, 80, 40_000);
        }
    }

    private final TimerWheel wheel = new TimerWheel(0);
    private final List<Entry> expired = new ArrayList<>();
    private final RecordQueue<Entry> queue = new RecordQueue<>(wheel, (record, now) -> {
        assertThat(record.deadlineNanos).isLessThanOrEqualTo(now);
        expired.add(record);
    });

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomCalls(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<Entry> expected = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            final Entry any = expected.isEmpty() ? null : expected.get(random.nextInt(expected.size()));
            final long deadline = now + 1 + random.nextLong(50_000_000);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    final Entry added = new Entry();
                    queue.add(added, deadline);
                    expected.add(added);
                }
                case 2 -> {
                    if (any != null) {
                        queue.move(any, deadline);
                    }
                }
                case 3 -> {
                    if (any != null) {
                        queue.remove(any);
                        queue.remove(any);
                        expected.remove(any);
                    }
                }
                default -> {
                    now += random.nextLong(20_000_000);
                    final long time = now;
                    wheel.advance(time);
                    final List<Entry> due = expected.stream()
                            .filter(record -> record.deadlineNanos <= time)
                            .toList();
                    assertThat(expired).containsExactlyInAnyOrderElementsOf(due);
                    assertThat(expired).isSortedAccordingTo((a, b) -> Long.compare(a.deadlineNanos, b.deadlineNanos));
                    assertThat(due).noneMatch(Entry::isQueued);
                    expected.removeAll(due);
                    expired.clear();
                }
            }
            assertThat(queue.size()).isEqualTo(expected.size());
            assertThat(wheel.armedTimers()).isEqualTo(expected.isEmpty() ? 0 : 1);
        }
    }

    /** One timer for all, and none for nobody. */
    @Test
    void oneTimer() {
        final Entry one = new Entry();
        final Entry two = new Entry();
        queue.add(one, 20);
        queue.add(two, 10);
        assertThat(wheel.armedTimers()).isEqualTo(1);
        assertThat(wheel.nextDeadline()).isEqualTo(10);
        assertThat(queue.first()).isSameAs(two);
        queue.clear(record -> assertThat(record.isQueued()).isFalse());
        assertThat(wheel.armedTimers()).isZero();
        assertThat(queue.first()).isNull();
    }
}
