package io.tapstack.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacketBufferTest {

    private final BufferPool pool = new BufferPool();

    @AfterEach
    void nothingLeaks() {
        assertThat(pool.packetsInUse()).isZero();
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void headersArePrependedAndStripped() {
        final PacketBuffer packet = pool.packet(BufferPool.SMALL, 34);
        assertThat(packet.length()).isZero();
        assertThat(packet.append(10)).isEqualTo(34);
        assertThat(packet.prepend(20)).isEqualTo(14);
        assertThat(packet.length()).isEqualTo(30);
        packet.strip(20);
        assertThat(packet.head()).isEqualTo(34);
        packet.trimTo(4);
        assertThat(packet.tail()).isEqualTo(38);
        assertThat(packet.tailroom()).isEqualTo(BufferPool.SMALL - 38);
        assertThatThrownBy(() -> packet.prepend(35)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> packet.append(BufferPool.SMALL)).isInstanceOf(IllegalStateException.class);
        packet.release();
    }

    @Test
    void slicesAreRetainedUntilTheyAreDropped() {
        final Region region = pool.region(BufferPool.BLOCK);
        final PacketBuffer packet = pool.packet(BufferPool.SMALL, 0);
        for (int i = 0; i < PacketBuffer.MAX_SLICES; i++) {
            assertThat(packet.addSlice(region, i, 10)).isTrue();
        }
        assertThat(packet.addSlice(region, 0, 10)).isFalse();
        assertThat(packet.length()).isEqualTo(PacketBuffer.MAX_SLICES * 10);
        assertThat(region.references()).isEqualTo(1 + PacketBuffer.MAX_SLICES);
        packet.dropSlices();
        assertThat(region.references()).isEqualTo(1);
        assertThat(packet.length()).isZero();
        packet.addSlice(region, 0, 1);
        packet.release();
        assertThat(region.references()).isEqualTo(1);
        region.release();
    }

    @Test
    void aReusedPacketRemembersNothing() {
        final PacketBuffer packet = pool.packet(BufferPool.SMALL, 0);
        packet.gsoSize(1_448);
        packet.requestChecksum(20, 16);
        packet.checksumTrusted(true);
        packet.release();
        final PacketBuffer again = pool.packet(BufferPool.SMALL, 7);
        assertThat(again).isSameAs(packet);
        assertThat(again.gsoSize()).isZero();
        assertThat(again.checksumWanted()).isFalse();
        assertThat(again.checksumTrusted()).isFalse();
        assertThat(again.sliceCount()).isZero();
        assertThat(again.head()).isEqualTo(7);
        again.release();
    }

    @Test
    void copiesAcrossAllParts() {
        final SplittableRandom random = new SplittableRandom(6);
        for (int round = 0; round < 500; round++) {
            final PacketBuffer packet = pool.packet(BufferPool.FRAME, random.nextInt(100));
            final int contiguous = packet.append(random.nextInt(100));
            final byte[] front = random(random, packet.contiguousLength());
            packet.memory().bytes().put(contiguous, front);
            final ByteBuffer expected = ByteBuffer.allocate(1_000).put(front);
            for (int i = random.nextInt(5); i > 0; i--) {
                final Region region = pool.region(BufferPool.SMALL);
                region.bytes().put(0, random(random, region.capacity()));
                final int offset = random.nextInt(100);
                final int sliced = random.nextInt(100);
                packet.addSlice(region, offset, sliced);
                expected.put(region.view(offset, sliced));
                region.release();
            }
            final byte[] whole = Arrays.copyOf(expected.array(), expected.position());
            assertThat(packet.toArray()).isEqualTo(whole);
            final int from = random.nextInt(whole.length + 1);
            final int length = random.nextInt(whole.length - from + 1);
            final Region target = pool.region(BufferPool.FRAME);
            packet.copyTo(from, target, 5, length);
            final byte[] copied = new byte[length];
            target.bytes().get(5, copied);
            assertThat(copied).isEqualTo(Arrays.copyOfRange(whole, from, from + length));
            assertThatThrownBy(() -> packet.copyTo(0, target, 0, whole.length + 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            target.release();
            packet.release();
        }
    }

    private static byte[] random(final SplittableRandom random, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
