package io.tapstack.tcp.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.tcp.ReadBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three queues of a connection against models that a child could write. */
class QueuesTest {

    private final BufferPool pool = new BufferPool();

    /** Bytes whose value tells their place in the stream. */
    private static byte at(final long place) {
        return (byte) (place * 31 + (place >>> 8));
    }

    private static byte[] stream(final long from, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(from + i);
        }
        return bytes;
    }

    private Region region(final long from, final int length) {
        final Region region = pool.region(length);
        region.bytes().put(0, stream(from, length));
        return region;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void sendQueue(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final SendQueue queue = new SendQueue(pool);
        long front = 0;
        long end = 0;
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    final int length = 1 + random.nextInt(5_000);
                    assertThat(queue.copyIn(ByteBuffer.wrap(stream(end, length)), length))
                            .isEqualTo(length);
                    end += length;
                }
                case 1 -> {
                    final int length = 1 + random.nextInt(3_000);
                    final Region region = region(end, length);
                    queue.append(region, 0, length);
                    region.release();
                    end += length;
                }
                case 2 -> {
                    final int acked = random.nextInt(queue.length() + 1);
                    queue.acknowledge(acked);
                    front += acked;
                }
                default -> {
                    if (!queue.isEmpty()) {
                        final int position = random.nextInt(queue.length());
                        final int length = 1 + random.nextInt(Math.min(9_000, queue.length() - position));
                        assertThat(copied(queue, position, length)).isEqualTo(stream(front + position, length));
                        final byte[] gathered = gathered(queue, position, length);
                        assertThat(gathered).isEqualTo(stream(front + position, gathered.length));
                    }
                }
            }
            assertThat(queue.length()).isEqualTo((int) (end - front));
            assertThat((long) queue.chargedBytes()).isGreaterThanOrEqualTo(queue.length());
            assertThat((long) queue.chargedBytes())
                    .as("what is charged is held")
                    .isLessThanOrEqualTo(pool.bytesInUse());
        }
        queue.clear();
        assertThat(queue.chargedBytes()).isZero();
        assertThat(pool.regionsInUse()).isZero();
    }

    private byte[] copied(final SendQueue queue, final int position, final int length) {
        final PacketBuffer packet = pool.packet(length, 0);
        assertThat(queue.copyOut(packet, position, length)).isEqualTo(length);
        return bytes(packet);
    }

    private byte[] gathered(final SendQueue queue, final int position, final int length) {
        final PacketBuffer packet = pool.packet(64, 0);
        assertThat(queue.gather(packet, position, length)).isBetween(1, length);
        return bytes(packet);
    }

    private byte[] bytes(final PacketBuffer packet) {
        final Region target = pool.region(packet.length());
        packet.copyTo(0, target, 0, packet.length());
        final byte[] bytes = new byte[packet.length()];
        target.bytes().get(0, bytes);
        target.release();
        packet.release();
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void receiveQueue(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final ReceiveQueue queue = new ReceiveQueue(pool);
        final ReadBatch batch = new ReadBatch();
        long front = 0;
        long end = 0;
        for (int step = 0; step < 3_000; step++) {
            if (random.nextBoolean()) {
                final int length = 1 + random.nextInt(1_500);
                final Region frame = pool.region(BufferPool.FRAME);
                frame.bytes().put(100, stream(end, length));
                queue.append(frame, 100, length);
                frame.release();
                end += length;
            } else if (random.nextBoolean()) {
                final ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(4_000));
                final int copied = queue.peek(target, Integer.MAX_VALUE);
                assertThat(Arrays.copyOf(target.array(), copied)).isEqualTo(stream(front, copied));
                queue.consume(copied);
                front += copied;
            } else {
                final int lent = queue.borrow(batch, 1 + random.nextInt(4_000));
                final ByteBuffer target = ByteBuffer.allocate(lent);
                for (int piece = 0; piece < batch.pieces(); piece++) {
                    target.put(
                            target.position(), batch.region(piece).bytes(), batch.offset(piece), batch.length(piece));
                    target.position(target.position() + batch.length(piece));
                }
                assertThat(target.array()).isEqualTo(stream(front, lent));
                batch.giveBack();
                queue.consume(lent);
                front += lent;
            }
            assertThat(queue.length()).isEqualTo((int) (end - front));
            assertThat(pool.bytesInUse())
                    .as("no more than about twice the payload, and a block in the making")
                    .isLessThanOrEqualTo(2L * queue.length() + 2L * BufferPool.BLOCK + 2L * BufferPool.FRAME);
        }
        queue.clear();
        assertThat(pool.regionsInUse()).isZero();
    }

    @org.junit.jupiter.api.Test
    void reassemblyIsBounded() {
        final ReassemblyQueue queue = new ReassemblyQueue(pool);
        final Region one = region(0, 1);
        int kept = 0;
        while (queue.insert(2 * kept, one, 0, 1, Integer.MAX_VALUE)) {
            kept++;
        }
        assertThat(kept).isEqualTo(ReassemblyQueue.MAX_PIECES);
        assertThat(pool.bytesInUse()).isLessThanOrEqualTo((kept + 1L) * BufferPool.SMALL);
        queue.clear();
        one.release();
        assertThat(pool.regionsInUse()).isZero();
    }

    /** What comes behind a hole in small segments is copied together: few pieces, and little more memory than bytes. */
    @org.junit.jupiter.api.Test
    void segmentsThatFollowEachOtherMakeFewPieces() {
        final ReassemblyQueue queue = new ReassemblyQueue(pool);
        final int segment = 1_448;
        for (int i = 0; i < 4_000; i++) {
            final Region frame = region((long) i * segment, segment);
            assertThat(queue.insert(i * segment, frame, 0, segment, Integer.MAX_VALUE))
                    .isTrue();
            frame.release();
        }
        assertThat(queue.pieces()).isLessThan(4_000 * segment / BufferPool.BLOCK + 3);
        assertThat(queue.chargedBytes()).isLessThan(4_000 * segment + 2 * BufferPool.BLOCK);
        final ReceiveQueue target = new ReceiveQueue(pool);
        assertThat(queue.deliver(0, target)).isEqualTo(4_000 * segment);
        final ByteBuffer bytes = ByteBuffer.allocate(4_000 * segment);
        target.peek(bytes, bytes.capacity());
        assertThat(bytes.array()).isEqualTo(stream(0, 4_000 * segment));
        target.clear();
        assertThat(pool.regionsInUse()).isZero();
    }

    /** One segment over many crumbs takes their place: it is no walk for each of them, and there is one piece then. */
    @org.junit.jupiter.api.Test
    void oneSegmentOverManyPieces() {
        final ReassemblyQueue queue = new ReassemblyQueue(pool);
        for (int at = 2; at < 2_000; at += 2) {
            final Region crumb = region(at, 1);
            assertThat(queue.insert(at, crumb, 0, 1, Integer.MAX_VALUE)).isTrue();
            crumb.release();
        }
        final Region all = region(1, 10_000);
        assertThat(queue.insert(1, all, 0, 10_000, Integer.MAX_VALUE)).isTrue();
        all.release();
        assertThat(queue.pieces()).isEqualTo(1);
        assertThat(queue.takePruned()).isFalse();
        queue.clear();
        assertThat(pool.regionsInUse()).isZero();
    }

    /** With no memory left the farthest goes for what is nearer, never the other way round. */
    @org.junit.jupiter.api.Test
    void theFarthestGoesFirst() {
        final ReassemblyQueue queue = new ReassemblyQueue(pool);
        final Region frame = region(0, 1_000);
        final int limit = 4 * BufferPool.FRAME;
        for (final int at : new int[] {9_000, 7_000, 5_000, 3_000}) {
            assertThat(queue.insert(at, frame, 0, 1_000, limit)).isTrue();
        }
        assertThat(queue.insert(11_000, frame, 0, 1_000, limit)).isFalse();
        assertThat(queue.takePruned()).isFalse();
        assertThat(queue.insert(1_000, frame, 0, 1_000, limit)).isTrue();
        assertThat(queue.takePruned()).isTrue();
        assertThat(queue.takePruned()).isFalse();
        assertThat(queue.chargedBytes()).isEqualTo(limit);
        assertThat(queue.insert(9_000, frame, 0, 1_000, limit))
                .as("it was the one that had to go")
                .isFalse();
        final ReceiveQueue target = new ReceiveQueue(pool);
        assertThat(queue.deliver(1_000, target)).isEqualTo(2_000);
        queue.clear();
        target.clear();
        frame.release();
        assertThat(pool.regionsInUse()).isZero();
    }
}
