package io.tapstack.tcp.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** PSH on what is sent again: as it was the first time (RFC 9293 3.8.2). */
class PushMarksTest {

    private final PushMarks marks = new PushMarks();

    @Test
    void onlyTheEndOfAPushIsOne() {
        marks.add(1_000);
        assertThat(marks.contains(1_000)).isTrue();
        assertThat(marks.contains(500)).isFalse();
        assertThat(marks.contains(1_500)).isFalse();
    }

    @Test
    void whatLiesBeforeAllMarksMayHaveBeenPushed() {
        for (int i = 1; i <= 20; i++) {
            marks.add(i * 1_000);
        }
        assertThat(marks.contains(20_000)).isTrue();
        assertThat(marks.contains(13_000)).isTrue();
        assertThat(marks.contains(19_500)).isFalse();
        assertThat(marks.contains(3_500)).isTrue();
    }

    @Test
    void sequenceNumbersWrap() {
        marks.add(0xFFFF_FF00);
        marks.add(0x100);
        assertThat(marks.contains(0xFFFF_FF00)).isTrue();
        assertThat(marks.contains(0x80)).isFalse();
    }
}
