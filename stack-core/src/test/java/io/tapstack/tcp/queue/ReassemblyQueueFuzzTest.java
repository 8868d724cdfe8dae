package io.tapstack.tcp.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.simulation.Pattern;
import io.tapstack.testing.Decisions;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments in any order, overlapping in any way, against a row of bits that says which bytes have come. */
class ReassemblyQueueFuzzTest {

    private static final Pattern STREAM = new Pattern(3);
    private static final int WINDOW = 100_000;
    private static final int LARGEST = 2_000;

    @FuzzTest
    void everyByteOnceAndInOrder(final byte[] input) {
        new Run(new Decisions(input)).play();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void atRandom(final long seed) {
        new Run(Decisions.atRandom(seed, 4_000)).play();
    }

    /** One queue, and what it should be doing. Positions count from the start of the stream. */
    private static final class Run {

        private final Decisions in;
        private final BufferPool pool = new BufferPool();
        private final ReassemblyQueue queue = new ReassemblyQueue(pool);
        private final ReceiveQueue target = new ReceiveQueue(pool);
        private final BitSet come = new BitSet();
        private final int start;
        private int next;
        private int read;

        Run(final Decisions in) {
            this.in = in;
            this.start = in.word();
        }

        void play() {
            boolean room = true;
            while (room && !in.isUsedUp()) {
                switch (in.below(8)) {
                    case 0 -> inOrder(in.between(1, LARGEST));
                    case 1 -> clear();
                    default -> room = outOfOrder(in.oneOf(1, 2, 10, 1_000) * in.below(50), in.oneOf(1, 1, 100, 1_448));
                }
                check();
            }
            queue.clear();
            target.clear();
            assertThat(pool.regionsInUse()).as("blocks left").isZero();
        }

        /** Bytes that fill the gap in front, which do not go through the queue; then what has waited for them. */
        private void inOrder(final int length) {
            come.set(next, next + length);
            final Region frame = frame(next, length);
            target.append(frame, 0, length);
            frame.release();
            next += length;
            final int delivered = queue.deliver(start + next, target) - start;
            assertThat(delivered).as("RCV.NXT").isEqualTo(come.nextClearBit(next));
            next = delivered;
        }

        private boolean outOfOrder(final int ahead, final int length) {
            final int from = next + 1 + Math.min(ahead, WINDOW);
            final Region frame = frame(from, length);
            final boolean kept = queue.insert(start + from, frame, 0, length, Integer.MAX_VALUE);
            frame.release();
            if (kept) {
                come.set(from, from + length);
            } else {
                assertThat(queue.pieces()).as("pieces of a full queue").isEqualTo(ReassemblyQueue.MAX_PIECES);
            }
            if (queue.takePruned()) {
                // What is farthest has made room.
                come.clear(queue.end(start + next) - start, come.length() + 1);
            }
            return kept;
        }

        /** Under memory pressure. */
        private void clear() {
            queue.clear();
            come.clear(next, come.length() + 1);
        }

        private Region frame(final int from, final int length) {
            // As a device would put it: in a block that is about as large, or one much larger.
            final Region frame = pool.region(in.oneIn(2) ? length : BufferPool.SUPER);
            STREAM.fill(frame.bytes().slice(0, length), from);
            return frame;
        }

        private void check() {
            assertThat(queue.isEmpty()).as("empty").isEqualTo(come.length() <= next);
            assertThat(queue.isReady(start + next)).as("ready").isFalse();
            final ByteBuffer bytes = ByteBuffer.allocate(target.length());
            target.peek(bytes, Integer.MAX_VALUE);
            target.consume(bytes.capacity());
            assertThat(STREAM.firstWrong(bytes, 0, bytes.capacity(), read))
                    .as("the first wrong byte")
                    .isEqualTo(-1);
            read += bytes.capacity();
            assertThat(read).as("bytes delivered").isEqualTo(next);
            assertThat((long) queue.chargedBytes() + target.chargedBytes())
                    .as("what is charged is held")
                    .isEqualTo(pool.bytesInUse());
            // No piece holds more than a block for itself.
            assertThat(pool.regionsInUse()).isLessThanOrEqualTo(queue.pieces());
        }
    }
}
