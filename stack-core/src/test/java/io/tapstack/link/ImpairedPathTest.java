package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What an impaired path does beyond {@link ImpairedLink}'s tests: it changes while frames are on their way. */
final class ImpairedPathTest {

    private static final long MILLIS = 1_000_000;

    private final BufferPool pool = new BufferPool();
    private final ImpairedPath path =
            new ImpairedPath(Impairment.NONE.withDelay(50 * MILLIS), LinkType.IP, new SplittableRandom(1));

    @Test
    void keepsTheOrderWhenTheDelayShrinks() {
        path.advance(0);
        offer(1);
        path.advance(0);
        path.impairment(Impairment.NONE);
        path.advance(10 * MILLIS);
        offer(2);
        path.advance(10 * MILLIS);
        assertThat(arrived()).isEmpty();
        assertThat(path.nextEvent()).isEqualTo(50 * MILLIS);
        path.advance(50 * MILLIS);
        assertThat(arrived()).containsExactly(1, 2);
        offer(3);
        assertThat(arrived()).containsExactly(3);
        assertThat(pool.packetsInUse()).isZero();
        assertThat(path.heldBytes()).isZero();
    }

    @Test
    void losesWhatComesAfterTheChange() {
        final StackStatistics statistics = new StackStatistics();
        path.reportTo(statistics);
        path.advance(0);
        offer(1);
        path.advance(0);
        path.impairment(Impairment.NONE.withLoss(1));
        offer(2);
        path.advance(50 * MILLIS);
        assertThat(arrived()).containsExactly(1);
        assertThat(statistics.drops(DropReason.LINK_IMPAIRED)).isEqualTo(1);
    }

    private void offer(final int number) {
        path.offer(pool.packet(new byte[] {(byte) number}, 0), pool);
    }

    private List<Integer> arrived() {
        final List<Integer> numbers = new ArrayList<>();
        while (path.firstArrived() != null) {
            final PacketBuffer frame = path.removeFirst();
            numbers.add((int) frame.toArray()[0]);
            frame.release();
        }
        return numbers;
    }
}
