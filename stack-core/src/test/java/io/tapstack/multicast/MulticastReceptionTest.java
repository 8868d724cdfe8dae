package io.tapstack.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Groups on an interface: what is received, and queries that come in packets (RFC 1112 7, RFC 3376 5, RFC 3810 6). */
class MulticastReceptionTest {

    private static final byte[] DATAGRAM = {0x12, 0x34, 0x12, 0x35, 0, 8, 0, 0};

    private static IpAddress ip(final String text) {
        return IpAddress.parse(text);
    }

    @Test
    void ipv6PacketsOfWantedSourcesAreReceived() {
        final Ipv6Host host = new Ipv6Host();
        final IpAddress group = ip("ff15::9");
        final byte[] packet = Packets.ipv6(Ipv6Host.PEER, group, IpProtocol.TCP, new byte[8]);
        host.receive(packet.clone());
        assertThat(host.drops(DropReason.IP_NOT_FOR_US)).isEqualTo(1);
        final Membership membership =
                Objects.requireNonNull(host.onLink.groups().join(group, SourceFilter.include(Ipv6Host.PEER)));
        host.receive(packet.clone());
        assertThat(host.drops(DropReason.IP_NOT_FOR_US)).isEqualTo(1);
        assertThat(host.drops(DropReason.IP_UNKNOWN_PROTOCOL)).isEqualTo(1);
        membership.change(SourceFilter.exclude(Ipv6Host.PEER));
        host.receive(packet.clone());
        assertThat(host.drops(DropReason.IP_NOT_FOR_US)).isEqualTo(2);
        host.assertNothingLeaked();
    }

    @Test
    void aQueryInAPacketIsAnswered() {
        final Ipv6Host host = new Ipv6Host();
        host.onLink.groups().join(ip("ff15::9"), SourceFilter.ALL);
        host.advanceSeconds(5);
        host.link.takeSent();
        final byte[] query = Ipv6Host.bytes("3a00050200000100 82000000 03e8 0000", new byte[20]);
        query[8 + 25] = 125;
        final IpAddress router = ip("fe80::1");
        final byte[] message = java.util.Arrays.copyOfRange(query, 8, query.length);
        final int checksum = Packets.transportChecksum(router, ip("ff02::1"), 58, message);
        query[10] = (byte) (checksum >>> 8);
        query[11] = (byte) checksum;
        final byte[] packet = Packets.ipv6(router, ip("ff02::1"), 0, query);
        packet[7] = 1;
        host.receive(packet);
        host.advanceSeconds(1);
        final List<byte[]> sent = host.link.takeSent();
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0)[48] & 0xFF).isEqualTo(143);
        host.assertNothingLeaked();
    }

    @Test
    void ipv4PacketsOfWantedSourcesAreReceived() {
        final TestHost host = TestHost.settled();
        final IpAddress group = ip("239.1.2.3");
        final byte[] packet = Packets.ipv4(TestHost.PEER, group, 99, DATAGRAM);
        host.receive(Packets.ethernet(MacAddress.parse("01:00:5e:01:02:03"), TestHost.PEER_MAC, 0x0800, packet));
        assertThat(host.drops(DropReason.IP_NOT_FOR_US)).isEqualTo(1);
        host.ipv4Interface.groups().join(group, SourceFilter.ALL);
        host.receive(Packets.ethernet(MacAddress.parse("01:00:5e:01:02:03"), TestHost.PEER_MAC, 0x0800, packet));
        assertThat(host.drops(DropReason.IP_UNKNOWN_PROTOCOL)).isEqualTo(1);
        host.advanceSeconds(5);
        assertThat(host.link.takeSent()).as("two reports of the join").hasSize(2);

        final byte[] query = {0x11, 10, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0};
        final int checksum = Packets.checksum(query, 0, query.length, 0);
        query[2] = (byte) (checksum >>> 8);
        query[3] = (byte) checksum;
        host.receive(Packets.ethernet(
                MacAddress.parse("01:00:5e:00:00:01"),
                TestHost.PEER_MAC,
                0x0800,
                Packets.ipv4(TestHost.PEER, ip("224.0.0.1"), IpProtocol.IGMP, query)));
        host.advanceSeconds(1);
        assertThat(host.link.takeSent()).hasSize(1);
        host.assertNothingLeaked();
    }
}
