package io.tapstack.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WindowedMaxTest {

    private final WindowedMax filter = new WindowedMax();

    @Test
    void emptyAtFirst() {
        assertThat(filter.isEmpty()).isTrue();
        assertThat(filter.max()).isZero();
    }

    @Test
    void aLargerValueCountsAtOnce() {
        filter.update(5, 1, 10);
        filter.update(9, 2, 10);
        assertThat(filter.max()).isEqualTo(9);
        filter.update(3, 3, 10);
        assertThat(filter.max()).isEqualTo(9);
    }

    @Test
    void theLargestIsForgottenAfterTheWindow() {
        filter.update(9, 0, 10);
        for (int tick = 1; tick <= 10; tick++) {
            filter.update(4, tick, 10);
            assertThat(filter.max()).isEqualTo(9);
        }
        filter.update(4, 11, 10);
        assertThat(filter.max()).isEqualTo(4);
    }

    @Test
    void silenceForgetsAll() {
        filter.update(9, 0, 10);
        filter.update(1, 100, 10);
        assertThat(filter.max()).isEqualTo(1);
    }

    /** It is never more than the true maximum of the window, nor less than the latest value. */
    @Test
    void bounds() {
        final SplittableRandom random = new SplittableRandom(7);
        final long[] values = new long[2_000];
        for (int tick = 0; tick < values.length; tick++) {
            values[tick] = random.nextLong(1_000);
            filter.update(values[tick], tick, 20);
            long largest = 0;
            for (int i = Math.max(0, tick - 20); i <= tick; i++) {
                largest = Math.max(largest, values[i]);
            }
            assertThat(filter.max()).isBetween(values[tick], largest);
        }
    }
}
