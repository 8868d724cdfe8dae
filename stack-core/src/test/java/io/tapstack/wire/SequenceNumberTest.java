package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 9293 3.4: comparisons on a circle of 2^32 numbers. */
class SequenceNumberTest {

    @Test
    void orderHoldsAcrossZeroAndAcrossTheSignBit() {
        for (final int base : new int[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x1234_5678}) {
            final int later = base + 1000;
            assertThat(SequenceNumber.lessThan(base, later)).isTrue();
            assertThat(SequenceNumber.lessThan(later, base)).isFalse();
            assertThat(SequenceNumber.lessThan(base, base)).isFalse();
            assertThat(SequenceNumber.lessOrEqual(base, base)).isTrue();
            assertThat(SequenceNumber.greaterThan(later, base)).isTrue();
            assertThat(SequenceNumber.greaterOrEqual(base, base)).isTrue();
            assertThat(SequenceNumber.max(base, later)).isEqualTo(later);
            assertThat(SequenceNumber.min(base, later)).isEqualTo(base);
            assertThat(SequenceNumber.distance(base, later)).isEqualTo(1000);
            assertThat(SequenceNumber.distance(later, base)).isEqualTo(-1000);
        }
    }

    @Test
    void agreesWithArithmeticOnWideNumbers() {
        final SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 100_000; i++) {
            final int a = random.nextInt();
            final int distance = random.nextInt(1, Integer.MAX_VALUE);
            assertThat(SequenceNumber.lessThan(a, a + distance)).isTrue();
            assertThat(SequenceNumber.greaterThan(a, a + distance)).isFalse();
            final int length = random.nextInt(1, Integer.MAX_VALUE);
            final int number = random.nextInt();
            final long ahead = ((long) number - a) & 0xFFFF_FFFFL;
            assertThat(SequenceNumber.inWindow(number, a, length)).isEqualTo(ahead < length);
        }
    }

    @Test
    void emptyWindowHoldsNothing() {
        assertThat(SequenceNumber.inWindow(5, 5, 0)).isFalse();
        assertThat(SequenceNumber.inWindow(5, 5, 1)).isTrue();
        assertThat(SequenceNumber.inWindow(4, 5, 1)).isFalse();
    }

    @Test
    void isWrittenUnsigned() {
        assertThat(SequenceNumber.toString(-1)).isEqualTo("4294967295");
    }
}
