package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.testing.Packets;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Super-segments over both versions, cut in software. */
class SegmentCutterTest {

    private static final int FIN_PSH_ACK_CWR = 0x99;
    private static final IpAddress A4 = IpAddress.ipv4(0x0A00_0001);
    private static final IpAddress B4 = IpAddress.ipv4(0x0A00_0002);
    private static final IpAddress A6 = IpAddress.ipv6(0x2001_0DB8_0000_0000L, 1);
    private static final IpAddress B6 = IpAddress.ipv6(0x2001_0DB8_0000_0000L, 2);

    private final BufferPool pool = new BufferPool();
    private final ArrayDeque<PacketBuffer> segments = new ArrayDeque<>();

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void everySegmentIsCompleteByItself(final int version) {
        final IpAddress source = version == 4 ? A4 : A6;
        final IpAddress destination = version == 4 ? B4 : B6;
        final byte[] payload = Packets.pattern(2_500);
        final byte[] tcp = Packets.tcp(
                new Endpoint(source, 1),
                new Endpoint(destination, 2),
                100,
                7,
                FIN_PSH_ACK_CWR,
                9,
                0,
                new byte[4],
                payload);
        final byte[] packet =
                version == 4 ? Packets.ipv4(source, destination, 6, tcp) : Packets.ipv6(source, destination, 6, tcp);
        final int ip = packet.length - tcp.length;
        cut(packet, ip, 1_000);
        assertThat(segments).hasSize(3);
        final int[] flags = {0x90, 0x10, 0x19};
        for (int i = 0; i < 3; i++) {
            final byte[] segment = segments.remove().toArray();
            final ByteBuffer bytes = ByteBuffer.wrap(segment);
            final int length = i < 2 ? 1_000 : 500;
            assertThat(segment).hasSize(ip + 24 + length);
            if (version == 4) {
                assertThat(bytes.getShort(2)).isEqualTo((short) segment.length);
                assertThat(bytes.getShort(4)).isEqualTo((short) (0x1234 + i));
                assertThat(Packets.checksum(segment, 0, 20, 0)).isZero();
            } else {
                assertThat(bytes.getShort(4)).isEqualTo((short) (24 + length));
            }
            final byte[] cut = Arrays.copyOfRange(segment, ip, segment.length);
            assertThat(Packets.transportChecksum(source, destination, 6, cut)).isZero();
            assertThat(bytes.getInt(ip + 4)).isEqualTo(100 + 1_000 * i);
            assertThat(bytes.get(ip + 13)).isEqualTo((byte) flags[i]);
            assertThat(Arrays.copyOfRange(cut, 24, cut.length))
                    .isEqualTo(Arrays.copyOfRange(payload, 1_000 * i, 1_000 * i + length));
        }
    }

    @Test
    void onlyTcpIsCut() {
        final byte[] packet = Packets.ipv6(A6, B6, 17, new byte[2_000]);
        assertThatThrownBy(() -> cut(packet, 40, 1_000)).isInstanceOf(IllegalArgumentException.class);
    }

    private void cut(final byte[] packet, final int transport, final int gsoSize) {
        final PacketBuffer frame = pool.packet(packet, 0);
        frame.gsoSize(gsoSize);
        frame.requestChecksum(frame.head() + transport, 16);
        new SegmentCutter(LinkType.IP).cut(frame, pool, segments);
    }
}
