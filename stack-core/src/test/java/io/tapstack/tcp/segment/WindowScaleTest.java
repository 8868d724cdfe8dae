package io.tapstack.tcp.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7323 2.2 and 2.3. */
class WindowScaleTest {

    /** The smallest shift that can tell of the whole buffer, and never more than 14. */
    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "65535, 0",
        "65536, 1",
        "131070, 1",
        "131072, 2",
        "1048560, 4",
        "1048576, 5",
        "1073725440, 14",
        "1073741823, 14",
        "1073741824, 14",
        "2147483647, 14"
    })
    void shift(final int buffer, final int shift) {
        assertThat(WindowScale.shiftFor(buffer)).isEqualTo(shift);
    }

    /** Without agreement windows are what stands in the header. */
    @Test
    void notAgreed() {
        final WindowScale scale = new WindowScale();
        assertThat(scale.fromWire(65_535)).isEqualTo(65_535);
        assertThat(scale.toWire(65_535)).isEqualTo(65_535);
        assertThat(scale.toWire(100_000)).isEqualTo(65_535);
    }

    /** 2.3: "If a Window Scale option is received with a shift.cnt value larger than 14, the TCP SHOULD ... use 14". */
    @Test
    void overFourteen() {
        final WindowScale scale = new WindowScale();
        scale.agree(255, 0);
        assertThat(scale.sendShift()).isEqualTo(14);
        assertThat(scale.fromWire(65_535)).isEqualTo(65_535 << 14);
    }

    /** What the peer understands is never more than was meant, and less by under one step. */
    @Test
    void roundsDown() {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            final WindowScale scale = new WindowScale();
            final int shift = random.nextInt(15);
            scale.agree(0, shift);
            final int bytes = random.nextInt((65_535 << shift) + 1);
            assertThat(scale.toWire(bytes)).isBetween(0, 65_535);
            assertThat(bytes - scale.representable(bytes)).isBetween(0, (1 << shift) - 1);
        }
    }
}
