package io.tapstack.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BufferPoolTest {

    private final BufferPool pool = new BufferPool();

    @Test
    void handsOutTheSmallestBlockThatFits() {
        for (final int[] sizes : new int[][] {
            {0, 256}, {256, 256}, {257, 2_048}, {2_048, 2_048}, {2_049, 16_384}, {16_385, 69_632}, {69_632, 69_632}
        }) {
            final Region region = pool.region(sizes[0]);
            assertThat(region.capacity()).isEqualTo(sizes[1]);
            region.release();
        }
        assertThatThrownBy(() -> pool.region(BufferPool.SUPER + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void blocksInUseNeverOverlap() {
        final List<Region> regions = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            final Region region = pool.region(BufferPool.SMALL);
            region.bytes().putInt(0, i).putInt(region.capacity() - 4, i);
            regions.add(region);
        }
        for (int i = 0; i < regions.size(); i++) {
            assertThat(regions.get(i).bytes().getInt(0)).isEqualTo(i);
            assertThat(regions.get(i).bytes().getInt(BufferPool.SMALL - 4)).isEqualTo(i);
            regions.get(i).release();
        }
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void accountsForWhatIsOut() {
        final SplittableRandom random = new SplittableRandom(5);
        final List<Region> out = new ArrayList<>();
        long bytes = 0;
        for (int step = 0; step < 20_000; step++) {
            if (out.isEmpty() || random.nextInt(100) < 50) {
                final Region region = pool.region(random.nextInt(BufferPool.SUPER));
                out.add(region);
                bytes += region.capacity();
            } else {
                final Region region = out.remove(random.nextInt(out.size()));
                bytes -= region.capacity();
                region.release();
            }
            assertThat(pool.bytesInUse()).isEqualTo(bytes);
            assertThat(pool.regionsInUse()).isEqualTo(out.size());
            assertThat(pool.bytesAllocated()).isGreaterThanOrEqualTo(bytes);
        }
        out.forEach(Region::release);
        assertThat(pool.bytesInUse()).isZero();
    }

    @Test
    void memoryIsReused() {
        for (int i = 0; i < 10_000; i++) {
            pool.packet(BufferPool.FRAME, 64).release();
        }
        assertThat(pool.bytesAllocated()).isLessThanOrEqualTo(1 << 18);
    }

    @Test
    void aBlockGoesBackWithItsLastHolder() {
        final PacketBuffer packet = pool.packet(BufferPool.FRAME, 0);
        final Region region = packet.memory();
        region.retain();
        packet.release();
        assertThat(pool.packetsInUse()).isZero();
        assertThat(pool.regionsInUse()).isEqualTo(1);
        assertThat(region.references()).isEqualTo(1);
        region.release();
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void isUnderPressureAtItsLimitButStillGives() {
        final BufferPool small = new BufferPool(2 * BufferPool.FRAME);
        final Region first = small.region(BufferPool.FRAME);
        assertThat(small.underPressure()).isFalse();
        final Region second = small.region(BufferPool.FRAME);
        assertThat(small.underPressure()).isTrue();
        final Region third = small.region(BufferPool.FRAME);
        third.release();
        second.release();
        assertThat(small.underPressure()).isFalse();
        first.release();
    }

    @Test
    void misuseIsNoticed() {
        final PacketBuffer packet = pool.packet(BufferPool.SMALL, 0);
        final Region region = packet.memory();
        packet.release();
        assertThatThrownBy(packet::memory).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(packet::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(region::release).isInstanceOf(AssertionError.class);
        assertThatThrownBy(region::retain).isInstanceOf(AssertionError.class);
    }
}
