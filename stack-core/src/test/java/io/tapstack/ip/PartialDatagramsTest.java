package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The limits of reassembly and of the pool. */
class PartialDatagramsTest {

    private static final int PROTOCOL = 253;
    private static final int MORE = 0x2000;
    private static final int HEADER = 20;
    private static final ReassemblyLimits LIMITS = new ReassemblyLimits(60_000_000_000L, 256 << 10, 64 << 10, 64, 256);

    private final StackStatistics statistics = new StackStatistics();
    private final BufferPool pool = new BufferPool(64 << 10);
    private final Reassembly reassembly =
            new Reassembly(new PlainFormat(), LIMITS, pool, new TimerWheel(0), statistics, (first, unicast, now) -> {});

    private @Nullable PacketBuffer add(final IpAddress source, final int id, final int field, final int length) {
        final byte[] packet =
                Packets.ipv4(source, TestHost.ADDRESS, PROTOCOL, id, field, new byte[0], Packets.pattern(length));
        final int start = (field & ~MORE) * 8;
        final ReassemblyKey key = new ReassemblyKey(source, TestHost.ADDRESS, id, PROTOCOL);
        final boolean last = (field & MORE) == 0;
        return reassembly.add(pool.packet(packet, 0), key, HEADER, start, last, /* unicast */ true, 0);
    }

    /** Headers without an ECN field, which need no change. */
    private static final class PlainFormat implements FragmentFormat {
        @Override
        public boolean mayBeCutAgain() {
            return true;
        }

        @Override
        public int ecn(final ByteBuffer bytes, final int header) {
            return 0;
        }

        @Override
        public boolean isTooLong(final int headerLength, final int payloadLength) {
            return false;
        }

        @Override
        public int complete(
                final ByteBuffer bytes,
                final int header,
                final int headerLength,
                final int payloadLength,
                final boolean congestion) {
            return 0;
        }
    }

    private static IpAddress source(final int number) {
        return IpAddress.ipv4(0x0B00_0000 + number);
    }

    /** A poisoned datagram holds no fragment, but a hundred thousand of them are memory too. */
    @Test
    void poisonedDatagramsAreBounded() {
        for (int i = 0; i < 100_000; i++) {
            add(source(i), 1, MORE, 16);
            add(source(i), 1, MORE | 1, 16);
            assertThat(reassembly.heldBytes()).isLessThanOrEqualTo(LIMITS.maxBytes());
        }
        assertThat(statistics.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(100_000);
        assertThat(statistics.drops(DropReason.FRAGMENT_LIMIT))
                .as("counted once")
                .isZero();
        assertThat(reassembly.heldBytes()).isPositive();
        assertThat(pool.packetsInUse()).isZero();
    }

    /** Fragments are dropped first when the stack is short of memory, as most will not be completed. */
    @Test
    void givesMemoryBackWhenTheRestOfTheStackNeedsIt() {
        for (int i = 0; i < 10; i++) {
            add(source(i), 1, MORE, 1_480);
        }
        final List<PacketBuffer> others = new ArrayList<>();
        while (!pool.underPressure()) {
            others.add(pool.packet(BufferPool.FRAME, 0));
        }
        add(source(10), 1, MORE, 1_480);
        assertThat(statistics.drops(DropReason.NO_MEMORY)).isEqualTo(2);
        assertThat(add(source(0), 1, 185, 20)).as("it was the oldest").isNull();
        final PacketBuffer whole = add(source(10), 1, 185, 20);
        assertThat(whole).as("the newest is complete").isNotNull();
        whole.release();

        while (!pool.underPressure()) {
            others.add(pool.packet(BufferPool.SUPER, 0));
        }
        add(source(11), 1, MORE, 1_480);
        assertThat(reassembly.heldBytes())
                .as("and all goes if that is not enough")
                .isZero();
        others.forEach(PacketBuffer::release);
        assertThat(pool.packetsInUse()).isZero();
    }

    /** Under any pressure, the last fragment of a datagram frees memory. */
    @Test
    void completesADatagramUnderPressure() {
        add(source(1), 1, MORE, 1_480);
        final PacketBuffer other = pool.packet(BufferPool.SUPER, 0);
        assertThat(pool.underPressure()).isTrue();
        final PacketBuffer whole = add(source(1), 1, 185, 20);
        assertThat(whole).isNotNull();
        whole.release();
        other.release();
        assertThat(pool.packetsInUse()).isZero();
    }

    @Test
    void aDatagramThatAloneIsTooLargeIsRememberedAsSuch() {
        for (int i = 0; i < 48; i++) {
            add(source(1), 1, MORE | 100 * i, 800);
        }
        assertThat(statistics.drops(DropReason.FRAGMENT_LIMIT))
                .as("the datagram, and each fragment behind")
                .isBetween(10L, 30L);
        assertThat(reassembly.heldBytes()).isEqualTo(PartialDatagram.OVERHEAD_BYTES);
        assertThat(pool.packetsInUse()).isZero();
    }

    /**
     * A sender that knows the hash function can make the hashes of all its keys equal: they are distinguished by order.
     */
    @Test
    void keysAreOrderedAsTheyAreEqual() {
        final Set<ReassemblyKey> keys = new HashSet<>();
        for (final int source : new int[] {-1, 0, 1}) {
            for (final int destination : new int[] {-1, 0, 1}) {
                for (final int identification : new int[] {0, 1, 0xFFFF}) {
                    for (final int protocol : new int[] {0, 1, 255}) {
                        keys.add(new ReassemblyKey(
                                IpAddress.ipv6(source, 1), IpAddress.ipv6(1, destination), identification, protocol));
                    }
                }
            }
        }
        assertThat(keys).hasSize(81);
        for (final ReassemblyKey one : keys) {
            for (final ReassemblyKey other : keys) {
                assertThat(one.compareTo(other) == 0).isEqualTo(one.equals(other));
                assertThat(one.compareTo(other)).isEqualTo(-other.compareTo(one));
            }
        }
    }
}
