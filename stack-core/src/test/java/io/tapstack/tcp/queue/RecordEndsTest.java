package io.tapstack.tcp.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Where records end (MSG_EOR), also across the wrap of the sequence numbers. */
class RecordEndsTest {

    private static final int START = -150; // wraps within the test

    @Test
    void limitsToTheRecord() {
        final RecordEnds ends = new RecordEnds();
        assertThat(ends.limit(START, 1_000)).isEqualTo(1_000);
        ends.add(START + 100);
        ends.add(START + 100);
        ends.add(START + 300);
        assertThat(ends.limit(START, 1_000)).isEqualTo(100);
        assertThat(ends.limit(START, 99)).isEqualTo(99);
        assertThat(ends.limit(START + 100, 1_000)).isEqualTo(200);
        assertThat(ends.limit(START + 300, 1_000)).isEqualTo(1_000);
        assertThat(ends.isEnd(START + 100)).isTrue();
        assertThat(ends.isEnd(START + 101)).isFalse();
    }

    /** Against a set of positions, while the window moves and the ring grows and turns. */
    @Test
    void likeASet() {
        final SplittableRandom random = new SplittableRandom(1);
        final RecordEnds ends = new RecordEnds();
        final TreeSet<Integer> model = new TreeSet<>();
        int una = 0;
        int end = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(2) == 0) {
                end += 1 + random.nextInt(100);
                ends.add(START + end);
                model.add(end);
            } else if (random.nextInt(3) == 0 && end > una) {
                una += 1 + random.nextInt(Math.min(end - una, 2_000));
                ends.acknowledged(START + una);
                model.headSet(una, true).clear();
            }
            final int from = una + random.nextInt(end - una + 1);
            final Integer next = model.higher(from);
            assertThat(ends.limit(START + from, 1_000)).isEqualTo(next == null ? 1_000 : Math.min(1_000, next - from));
            assertThat(ends.isEnd(START + from)).isEqualTo(model.contains(from));
        }
    }
}
