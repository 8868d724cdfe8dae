package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.testing.Packets;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternetChecksumTest {

    @Test
    void exampleOfRfc1071() { // RFC 1071 3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2
        final ByteBuffer bytes = ByteBuffer.allocateDirect(8).putLong(0, 0x0001_F203_F4F5_F6F7L);
        assertThat(InternetChecksum.fold(InternetChecksum.sum(bytes, 0, 8))).isEqualTo(0xDDF2);
        assertThat(InternetChecksum.finish(InternetChecksum.sum(bytes, 0, 8))).isEqualTo(0x220D);
    }

    @Test
    void equalsTheWordByWordSumForAllLengthsAndOffsets() {
        final SplittableRandom random = new SplittableRandom(1);
        final byte[] array = new byte[300];
        random.nextBytes(array);
        final ByteBuffer bytes = ByteBuffer.allocateDirect(300).put(0, array);
        for (int offset = 0; offset < 20; offset++) {
            for (int length = 0; length <= 280; length++) {
                assertThat(InternetChecksum.finish(InternetChecksum.sum(bytes, offset, length)))
                        .as("offset %d, length %d", offset, length)
                        .isEqualTo(Packets.checksum(array, offset, offset + length, 0));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0xFF, 0x80, 0x01})
    void carriesAreNotLost(final int value) {
        final byte[] array = new byte[65_535];
        java.util.Arrays.fill(array, (byte) value);
        final ByteBuffer bytes = ByteBuffer.allocateDirect(array.length).put(0, array);
        assertThat(InternetChecksum.finish(InternetChecksum.sum(bytes, 0, array.length)))
                .isEqualTo(Packets.checksum(array, 0, array.length, 0));
    }

    @Test
    void sumsAcrossSlicesOfAnyParity() { // RFC 1071 2(B): bytes at an odd distance count swapped
        final SplittableRandom random = new SplittableRandom(2);
        final BufferPool pool = new BufferPool();
        for (int round = 0; round < 500; round++) {
            final PacketBuffer packet = pool.packet(BufferPool.FRAME, random.nextInt(64));
            fill(packet.memory(), random);
            packet.append(random.nextInt(64));
            final int slices = random.nextInt(6);
            for (int i = 0; i < slices; i++) {
                final Region region = pool.region(BufferPool.SMALL);
                fill(region, random);
                packet.addSlice(region, random.nextInt(32), random.nextInt(128));
                region.release();
            }
            final byte[] whole = packet.toArray();
            assertThat(InternetChecksum.finish(InternetChecksum.sum(packet, packet.head())))
                    .isEqualTo(Packets.checksum(whole, 0, whole.length, 0));
            packet.release();
        }
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void foldTakesAnySum() {
        final SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 10_000; i++) {
            final long sum = random.nextLong() >>> random.nextInt(1, 64);
            final long expected = sum == 0 ? 0 : (sum - 1) % 0xFFFF + 1;
            assertThat(InternetChecksum.fold(sum)).isEqualTo((int) expected);
        }
    }

    @Test
    void pseudoHeaderIsTheSumOfItsWords() {
        final IpAddress source = IpAddress.parse("255.254.1.2");
        final IpAddress destination = IpAddress.parse("10.20.30.40");
        final int expected = InternetChecksum.fold(0xFFFEL + 0x0102 + 0x0A14 + 0x1E28 + 17);
        assertThat(InternetChecksum.fold(InternetChecksum.pseudoHeader(source, destination, 17)))
                .isEqualTo(expected);
    }

    private static void fill(final Region region, final SplittableRandom random) {
        for (int i = 0; i < region.capacity(); i++) {
            region.bytes().put(i, (byte) random.nextInt());
        }
    }
}
