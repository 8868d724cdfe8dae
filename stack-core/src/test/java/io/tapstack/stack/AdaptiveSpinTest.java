package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdaptiveSpinTest {

    private static final long LIMIT = 50_000;

    private final AdaptiveSpin spin = new AdaptiveSpin(LIMIT);

    @Test
    void beginsWithATrial() {
        assertThat(spin.budgetNanos()).isEqualTo(LIMIT);
    }

    @Test
    void looksEveryTimeWhileThatPays() {
        final Frames frames = new Frames(5_000);
        frames.come(100);
        assertThat(frames.come(100)).isZero();
        assertThat(frames.looks).isEqualTo(200);
    }

    @Test
    void looksNoLongerThanAFewTimesTheUsual() {
        new Frames(5_000).come(100);
        assertThat(spin.budgetNanos()).isBetween(15_000L, 25_000L);
    }

    @Test
    void neverLooksForLongerThanItsLimit() {
        final Frames frames = new Frames(45_000);
        frames.come(100);
        assertThat(frames.longest).isEqualTo(LIMIT);
        assertThat(spin.budgetNanos()).isEqualTo(LIMIT);
    }

    @Test
    void allButStopsWhereItNeverPays() {
        final Frames frames = new Frames(1_000_000);
        frames.come(10_000);
        final int looksBefore = frames.looks;
        final long wasted = frames.come(100 * AdaptiveSpin.MOST_SKIPPED);
        assertThat(frames.looks - looksBefore).isBetween(95, 101);
        // The cost per wait: less than any system call.
        assertThat(wasted / (100 * AdaptiveSpin.MOST_SKIPPED)).isLessThan(50);
    }

    @Test
    void noticesThatItDoesNotPayAnyMore() {
        new Frames(5_000).come(1_000);
        final Frames late = new Frames(1_000_000);
        late.come(20);
        assertThat(late.looks).isLessThan(12);
    }

    @Test
    void noticesThatItPaysAgain() {
        new Frames(1_000_000).come(100_000);
        final Frames soon = new Frames(5_000);
        soon.come(2 * AdaptiveSpin.MOST_SKIPPED);
        assertThat(soon.come(100)).isZero();
    }

    /** One frame in four comes soon: the other three looks would be in vain. */
    @Test
    void doesNotPayWhenItPaysNowAndThen() {
        int looks = 0;
        for (int i = 0; i < 10_000; i++) {
            final Frames frames = new Frames(i % 4 == 0 ? 5_000 : 1_000_000);
            frames.come(1);
            looks += frames.looks;
        }
        assertThat(looks).isLessThan(5_000);
    }

    @Test
    void neverLooksWithoutALimit() {
        final AdaptiveSpin none = new AdaptiveSpin(0);
        for (int i = 0; i < 10; i++) {
            assertThat(none.budgetNanos()).isZero();
        }
    }

    /** Frames that come a fixed time after each wait began, and a driver that looks for its budget. */
    private final class Frames {

        private final long afterNanos;
        private int looks;
        private long longest;

        Frames(final long afterNanos) {
            this.afterNanos = afterNanos;
        }

        /** @return nanoseconds of looks in vain */
        long come(final int count) {
            long wasted = 0;
            for (int i = 0; i < count; i++) {
                final long budget = spin.budgetNanos();
                if (budget > 0) {
                    looks++;
                    longest = Math.max(longest, budget);
                    final boolean found = afterNanos <= budget;
                    spin.looked(found ? afterNanos : budget, found);
                    wasted += found ? 0 : budget;
                }
            }
            return wasted;
        }
    }
}
