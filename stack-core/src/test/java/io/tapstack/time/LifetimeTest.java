package io.tapstack.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifetimeTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void allOnesNeverEnd() { // RFC 4861 4.6.2
        final long until = Lifetime.until(5, 0xFFFF_FFFFL);
        assertThat(until).isEqualTo(Lifetime.FOREVER);
        assertThat(Lifetime.isOver(until, Long.MAX_VALUE)).isFalse();
        assertThat(Lifetime.leftNanos(until, 0)).isEqualTo(Lifetime.FOREVER);
    }

    @Test
    void endsAtItsTimeWhateverTheClockStartsAt() {
        for (final long start : new long[] {0, -SECOND, Long.MIN_VALUE, Long.MAX_VALUE - SECOND}) {
            final long until = Lifetime.until(start, 2);
            assertThat(Lifetime.isOver(until, start + 2 * SECOND - 1)).isFalse();
            assertThat(Lifetime.isOver(until, start + 2 * SECOND)).isTrue();
            assertThat(Lifetime.leftNanos(until, start + SECOND)).isEqualTo(SECOND);
        }
    }

    @Test
    void theLongestLifetimeThatEndsIsLaterThanNow() {
        assertThat(Lifetime.isOver(Lifetime.until(0, 0xFFFF_FFFEL), 0)).isFalse();
    }

    @Test
    void theEarlierOfTwo() {
        assertThat(Lifetime.earlier(Lifetime.FOREVER, 7)).isEqualTo(7);
        assertThat(Lifetime.earlier(7, Lifetime.FOREVER)).isEqualTo(7);
        assertThat(Lifetime.earlier(3, 7)).isEqualTo(3);
        assertThat(Lifetime.earlier(Long.MAX_VALUE - 1, Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE - 1);
    }
}
