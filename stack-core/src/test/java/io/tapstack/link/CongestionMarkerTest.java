package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3168 5: packets that a router marks, and packets that it must drop instead. */
class CongestionMarkerTest {

    private final CongestionMarker marker = new CongestionMarker(LinkType.ETHERNET);
    private final BufferPool pool = new BufferPool();

    /** @param tags in hexadecimal, with the EtherType behind them */
    @ParameterizedTest
    @CsvSource({
        "0800, 2, true",
        "0800, 1, true",
        "0800, 3, true",
        "0800, 0, false",
        "88b5, 2, false",
        "81000000 0800, 2, true",
        "81000000 8100e000 0800, 2, true",
        "81000000 0800, 0, false",
        "81000005 0800, 2, false",
        "81000000 0806, 2, false",
    })
    void marks(final String tags, final int ecn, final boolean marked) {
        final byte[] packet = Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, 253, new byte[8]);
        packet[1] = (byte) ecn;
        final String hex = tags.replace(" ", "");
        final ByteBuffer frame =
                ByteBuffer.allocate(12 + hex.length() / 2 + packet.length).position(12);
        for (int i = 0; i < hex.length(); i += 2) {
            frame.put((byte) Integer.parseInt(hex.substring(i, i + 2), 16));
        }
        frame.put(Packets.withIpChecksum(packet));
        final PacketBuffer buffer = pool.packet(frame.array(), 0);
        assertThat(marker.mark(buffer)).isEqualTo(marked);
        final byte[] after = buffer.toArray();
        if (marked) {
            packet[1] |= 3;
            frame.position(12 + hex.length() / 2).put(Packets.withIpChecksum(packet));
        }
        assertThat(after).isEqualTo(frame.array());
        buffer.release();
    }

    /** RFC 3168 5: the field is the lowest two bits of the traffic class, in IPv6 too. */
    @ParameterizedTest
    @CsvSource({"2, true", "1, true", "3, true", "0, false"})
    void marksIpv6(final int ecn, final boolean marked) {
        final IpAddress net = IpAddress.ipv6(0x2001_0DB8_0000_0000L, 1);
        final byte[] packet = Packets.ipv6(net, net, 0xB8 | ecn, 253, 64, new byte[8]);
        final byte[] expected = packet.clone();
        expected[1] |= marked ? 0x30 : 0;
        final PacketBuffer buffer = pool.packet(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x86DD, packet), 0);
        assertThat(marker.mark(buffer)).isEqualTo(marked);
        assertThat(buffer.toArray()).isEqualTo(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x86DD, expected));
        buffer.release();
    }
}
