package io.tapstack.ip.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.event.DropReason;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4EchoReplyPacket;

/** An interface with 10.0.0.2/24, 10.0.0.3/24 and 172.16.0.2/16 (RFC 1122 3.3.4). */
class SeveralAddressesTest {

    private static final IpAddress SECOND = IpAddress.parse("10.0.0.3");
    private static final IpAddress OTHER_SUBNET = IpAddress.parse("172.16.0.2");
    private static final IpAddress OTHER_PEER = IpAddress.parse("172.16.0.1");

    private final TestHost host = TestHost.settled();
    private final HostAddress second = add("10.0.0.3/24");
    private final HostAddress other = add("172.16.0.2/16");

    private HostAddress add(final String text) {
        final HostAddress added = host.ipv4Interface.add(InterfaceAddress.parse(text), HostAddress.Origin.CONFIGURED);
        host.advanceSeconds(3);
        return added;
    }

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private String source(final String destination) {
        final IpPath path = host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.parse(destination));
        return path == null ? "none" : path.source().toString();
    }

    @Test
    void eachIsAnnouncedAndAnswered() {
        assertThat(host.sent()).as("RFC 5227 2.3: two announcements each").hasSize(4);
        for (final IpAddress each : new IpAddress[] {TestHost.ADDRESS, SECOND}) {
            host.receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, each));
            final ArpPacket reply = host.sentOne().get(ArpPacket.class);
            assertThat(reply.getHeader().getSrcProtocolAddr().getHostAddress()).isEqualTo(each.toString());

            host.receivePacket(Packets.ipv4(TestHost.PEER, each, 1, Packets.icmp(8, 0, 1, Packets.pattern(8))));
            final EthernetPacket echo = host.sentOne();
            assertThat(echo.get(IcmpV4EchoReplyPacket.class)).isNotNull();
            assertThat(echo.get(org.pcap4j.packet.IpV4Packet.class)
                            .getHeader()
                            .getSrcAddr()
                            .getHostAddress())
                    .isEqualTo(each.toString());
        }
    }

    @Test
    void theSourceIsOfTheSubnetOfTheNextHop() {
        assertThat(source("10.0.0.77")).isEqualTo("10.0.0.2");
        assertThat(source("172.16.9.9")).isEqualTo("172.16.0.2");
        assertThat(source("10.0.0.3")).as("to ourselves").isEqualTo("10.0.0.3");
        assertThat(source("192.0.2.1")).isEqualTo("none");
        host.internet.routes().defaultGateway(OTHER_PEER, host.networkInterface);
        assertThat(source("192.0.2.1")).isEqualTo("172.16.0.2");
        assertThat(host.ipv4.path(SECOND, OTHER_PEER))
                .as("chosen by the caller")
                .isNotNull();
    }

    @Test
    void aNeighborIsAskedForFromAnAddressOfItsSubnet() {
        host.link.takeSent();
        final IpPath path = Objects.requireNonNull(host.ipv4.path(SECOND, OTHER_PEER));
        final var packet = host.pool.packet(200, path.headroom());
        packet.append(8);
        assertThat(path.send(packet, 253, 0, 64, true)).isEqualTo(SendStatus.SENT);
        final ArpPacket request = host.sentOne().get(ArpPacket.class);
        assertThat(request.getHeader().getSrcProtocolAddr().getHostAddress()).isEqualTo("172.16.0.2");
        assertThat(request.getHeader().getDstProtocolAddr().getHostAddress()).isEqualTo("172.16.0.1");
    }

    @Test
    void eachSubnetHasABroadcastAddress() {
        assertThat(host.ipv4.isBroadcast(IpAddress.parse("10.0.0.255"))).isTrue();
        assertThat(host.ipv4.isBroadcast(IpAddress.parse("172.16.255.255"))).isTrue();
        assertThat(host.ipv4.isBroadcast(IpAddress.parse("172.16.0.255"))).isFalse();
    }

    @Test
    void aRemovedAddressIsNotUsedAnyMore() {
        final IpPath path = Objects.requireNonNull(host.ipv4.path(OTHER_SUBNET, OTHER_PEER));
        host.ipv4Interface.remove(other);
        host.ipv4Interface.remove(second);
        host.link.takeSent();
        assertThat(other.state()).isEqualTo(AddressState.REMOVED);
        final var packet = host.pool.packet(200, path.headroom());
        packet.append(8);
        assertThat(path.send(packet, 253, 0, 64, true)).isEqualTo(SendStatus.UNREACHABLE);
        assertThat(host.drops(DropReason.IP_NO_ROUTE)).isEqualTo(1);
        assertThat(source("172.16.9.9")).as("the route went with it").isEqualTo("none");
        assertThat(source("10.0.0.77"))
                .as("the first address has this subnet too")
                .isEqualTo("10.0.0.2");

        host.receivePacket(Packets.ipv4(TestHost.PEER, SECOND, 1, Packets.icmp(8, 0, 1, Packets.pattern(8))));
        host.receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, SECOND));
        assertThat(host.sent()).isEmpty();
        assertThat(host.wheel.armedTimers()).isLessThanOrEqualTo(1);
    }

    @Test
    void anAddressIsThereOnce() {
        assertThatThrownBy(() -> add("10.0.0.3/24")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> add("2001:db8::1/64")).hasMessageContaining("is not an IPv4 address");
    }
}
