package io.tapstack.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;

    @ParameterizedTest
    @ValueSource(
            longs = {
                1,
                1 << 20,
                (1 << 20) - 1,
                64L << 20,
                (64L << 20) - 1,
                4096L << 20,
                SECOND,
                3600 * SECOND,
                800 * DAY,
                1000 * DAY
            })
    void firesAtItsDeadlineAndNotBefore(final long delay) {
        for (final long origin : new long[] {0, 12_345_678_901L, -77 * SECOND, Long.MAX_VALUE - 5}) {
            final TimerWheel wheel = new TimerWheel(origin);
            final List<Long> fired = new ArrayList<>();
            new Timer(wheel, fired::add).arm(origin + delay);
            assertThat(wheel.nextDeadline()).isEqualTo(origin + delay);
            wheel.advance(origin + delay - 1);
            assertThat(fired).isEmpty();
            assertThat(wheel.nextDeadline()).isEqualTo(origin + delay);
            wheel.advance(origin + delay);
            assertThat(fired).containsExactly(origin + delay);
            assertThat(wheel.armedTimers()).isZero();
            assertThat(wheel.nextDeadline()).isEqualTo(TimerWheel.NEVER);
        }
    }

    @Test
    void deadlineInThePastFiresAtTheNextAdvance() {
        final TimerWheel wheel = new TimerWheel(0);
        wheel.advance(10 * SECOND);
        final List<Long> fired = new ArrayList<>();
        new Timer(wheel, fired::add).arm(SECOND);
        wheel.advance(10 * SECOND);
        assertThat(fired).containsExactly(10 * SECOND);
    }

    @Test
    void timeDoesNotRunBackwards() {
        final TimerWheel wheel = new TimerWheel(0);
        wheel.advance(SECOND);
        wheel.advance(0);
        assertThat(wheel.nowNanos()).isEqualTo(SECOND);
    }

    @Test
    void anExpiryMayArmItselfAndCancelOthers() {
        final TimerWheel wheel = new TimerWheel(0);
        final List<String> log = new ArrayList<>();
        final Timer[] timers = new Timer[2];
        timers[1] = new Timer(wheel, now -> log.add("never"));
        timers[0] = new Timer(wheel, now -> {
            log.add("first at " + now);
            timers[1].cancel();
            if (log.size() < 3) {
                timers[0].arm(now + 5);
            }
        });
        timers[0].arm(100);
        timers[1].arm(101);
        wheel.advance(100);
        assertThat(log).containsExactly("first at 100");
        wheel.advance(1_000);
        assertThat(log).containsExactly("first at 100", "first at 1000");
        wheel.advance(1_005);
        assertThat(log).hasSize(3);
        assertThat(wheel.armedTimers()).isZero();
    }

    /** An entry of the model: a timer that is armed. */
    private record Armed(int id, long deadline) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void doesWhatAPriorityQueueDoes(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final long origin = random.nextLong(-DAY, DAY);
        final TimerWheel wheel = new TimerWheel(origin);
        final PriorityQueue<Armed> model = new PriorityQueue<>(Comparator.comparingLong(Armed::deadline));
        final int count = 200;
        final Timer[] timers = new Timer[count];
        final Set<Integer> fired = new HashSet<>();
        for (int i = 0; i < count; i++) {
            final int id = i;
            timers[i] = new Timer(wheel, now -> fired.add(id));
        }
        long now = origin;
        for (int step = 0; step < 4_000; step++) {
            final int id = random.nextInt(count);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    final long deadline = now + randomDelay(random);
                    model.removeIf(armed -> armed.id == id);
                    model.add(new Armed(id, deadline));
                    timers[id].arm(deadline);
                }
                case 2 -> {
                    model.removeIf(armed -> armed.id == id);
                    timers[id].cancel();
                }
                default -> {
                    now = random.nextInt(3) == 0 && !model.isEmpty()
                            ? Math.max(now, model.element().deadline)
                            : now + Math.max(0, randomDelay(random)) / 8;
                    fired.clear();
                    wheel.advance(now);
                    final Set<Integer> due = new HashSet<>();
                    while (!model.isEmpty() && model.element().deadline <= now) {
                        due.add(model.remove().id);
                    }
                    assertThat(fired).as("seed %d, step %d", seed, step).isEqualTo(due);
                }
            }
            assertThat(wheel.armedTimers()).isEqualTo(model.size());
            assertThat(wheel.nextDeadline())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(model.isEmpty() ? TimerWheel.NEVER : model.element().deadline);
        }
    }

    /** From a little in the past to weeks ahead, each order of magnitude as often. */
    private static long randomDelay(final SplittableRandom random) {
        return random.nextInt(10) == 0 ? -random.nextLong(SECOND) : random.nextLong(1L << random.nextInt(1, 52));
    }
}
