package io.tapstack.tcp.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalStampsTest {

    private final ArrivalStamps stamps = new ArrivalStamps();

    @Test
    void eachByteHasTheTimeOfItsSegmentAlsoOutOfOrder() {
        stamps.arrived(-10, 0, 1);
        stamps.arrived(20, 30, 2);
        stamps.arrived(0, 20, 3);
        stamps.arrived(5, 15, 4); // again
        assertThat(stamps.of(-1)).isEqualTo(1);
        assertThat(stamps.of(0)).isEqualTo(3);
        assertThat(stamps.of(19)).isEqualTo(3);
        assertThat(stamps.of(20)).isEqualTo(2);
        assertThat(stamps.of(30)).isEqualTo(ArrivalStamps.UNKNOWN);
        assertThat(stamps.of(-11)).isEqualTo(ArrivalStamps.UNKNOWN);
        stamps.forgetBefore(20);
        assertThat(stamps.of(19)).isEqualTo(ArrivalStamps.UNKNOWN);
        assertThat(stamps.of(29)).isEqualTo(2);
    }

    @Test
    void memoryIsBounded() {
        final int count = 2 * ArrivalStamps.MAX_STRETCHES;
        for (int i = 0; i < count; i++) {
            stamps.arrived(i, i + 1, i);
        }
        assertThat(stamps.of(5)).isEqualTo(5);
        assertThat(stamps.of(count - 1)).isEqualTo(count - 1);
        assertThat(stamps.of(ArrivalStamps.MAX_STRETCHES))
                .as("joined, with the latest time")
                .isEqualTo(count - 1);
    }
}
