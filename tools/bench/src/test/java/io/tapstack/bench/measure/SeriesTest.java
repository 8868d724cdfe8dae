package io.tapstack.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {

    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Series.of(List.of(9.0, 1.0, 5.0))).isEqualTo(new Series(5, 1, 9, 3));
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertThat(Series.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(new Series(3, 1, 100, 4));
    }

    @Test
    void oneRunIsAllOfIt() {
        assertThat(Series.of(List.of(7.0))).isEqualTo(new Series(7, 7, 7, 1));
    }

    @Test
    void thereMustBeRuns() {
        assertThatThrownBy(() -> Series.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
