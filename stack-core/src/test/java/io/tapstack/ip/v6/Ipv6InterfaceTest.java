package io.tapstack.ip.v6;

import static io.tapstack.testing.Ipv6Host.ADDRESS;
import static io.tapstack.testing.Ipv6Host.MAC;
import static io.tapstack.testing.Ipv6Host.PEER;
import static io.tapstack.testing.Ipv6Host.PEER_MAC;
import static io.tapstack.testing.Ipv6Host.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.IpPath;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestLink;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IPv6 on Ethernet, from frame to frame. */
class Ipv6InterfaceTest {

    private static final IpAddress ROUTER = IpAddress.parse("fe80::1");
    private static final IpAddress SOLICITED_NODE = IpAddress.parse("ff02::1:ff00:2");
    private static final MacAddress SOLICITED_NODE_MAC = MacAddress.parse("33:33:ff:00:00:02");

    private final Ipv6Host host = new Ipv6Host(TestLink.ethernet(), IcmpRates.DEFAULT, NdpConfig.DEFAULT);

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    /** RFC 4862 5.4: an address is used after the check for a duplicate. */
    @Test
    void addressesAreCheckedBeforeUse() {
        assertThat(host.internet.path(ADDRESS, PEER)).isNull();
        host.receive(frame(MAC, PEER, ADDRESS, 64, echo()));
        assertThat(host.drops(DropReason.IP_NOT_FOR_US)).isOne();
        settle();
        assertThat(host.internet.path(ADDRESS, PEER)).isNotNull();
    }

    /** RFC 4861 7.2: a solicitation is answered, and the packets of its sender find their way back. */
    @Test
    void aNeighborFindsUsAndIsAnswered() {
        settle();
        final byte[] solicitation =
                Packets.icmpv6(PEER, SOLICITED_NODE, 135, 0, 0, bytes(hex(ADDRESS) + "0101" + hex(PEER_MAC)));
        host.receive(frame(SOLICITED_NODE_MAC, PEER, SOLICITED_NODE, 255, solicitation));
        final byte[] advertisement = host.link.next();
        assertThat(advertisement[54]).isEqualTo((byte) 136);
        host.receive(frame(MAC, PEER, ADDRESS, 64, echo()));
        final byte[] reply = host.link.next();
        assertThat(HexFormat.of().formatHex(reply, 0, 14)).isEqualTo(hex(PEER_MAC) + hex(MAC) + "86dd");
        assertThat(reply[54]).isEqualTo((byte) 129);
    }

    /** RFC 4861 7.2.2: packets wait until the neighbour has answered; RFC 2464 7 for the group's address. */
    @Test
    void packetsWaitForTheirNeighbor() throws SocketErrorException {
        settle();
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.send(ByteBuffer.wrap(new byte[5]), new Endpoint(PEER, 9));
        final byte[] solicitation = host.link.next();
        assertThat(HexFormat.of().formatHex(solicitation, 0, 6)).isEqualTo("3333ff000001");
        assertThat(solicitation[54]).isEqualTo((byte) 135);
        final byte[] advertisement =
                Packets.icmpv6(PEER, ADDRESS, 136, 0, 0x6000_0000, bytes(hex(PEER) + "0201" + hex(PEER_MAC)));
        host.receive(frame(MAC, PEER, ADDRESS, 255, advertisement));
        assertThat(host.link.next()[20]).isEqualTo((byte) 17);
        endpoint.close();
    }

    /** RFC 4861 7.2.2: after three solicitations the sender is told, as of "address unreachable". */
    @Test
    void aNeighborThatDoesNotAnswerIsUnreachable() throws SocketErrorException {
        settle();
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.connect(new Endpoint(PEER, 9));
        endpoint.reportErrors(true);
        endpoint.send(ByteBuffer.wrap(new byte[5]), null);
        host.advanceSeconds(5);
        assertThat(endpoint.errors().take()).isEqualTo(SocketError.EHOSTUNREACH);
        assertThat(host.link.takeSent())
                .filteredOn(frame -> frame[54] == (byte) 135)
                .hasSize(3);
        endpoint.close();
    }

    /** RFC 4861 6.3.4: the MTU that a router advertises limits packets, and does not change the device's. */
    @Test
    void aRouterLimitsTheMtu() {
        settle();
        final IpPath path = Objects.requireNonNull(host.internet.path(ADDRESS, PEER));
        assertThat(path.linkMtu()).isEqualTo(1_500);
        advertise("05010000" + "00000578");
        assertThat(path.mtu()).isEqualTo(1_400);
        assertThat(path.linkMtu()).isEqualTo(1_400);
        advertise("05010000" + "000004ff");
        assertThat(path.mtu()).isEqualTo(1_400);
        assertThat(host.networkInterface.mtu()).isEqualTo(1_500);
    }

    /** RFC 4862 5.5: an address from a router's prefix, and packets by that router. */
    @Test
    void aRouterMakesTheHostReachTheWorld() throws SocketErrorException {
        settle();
        host.internet.routes().remove(IpAddress.ANY_IPV6, 0);
        advertise("030440c0" + "0000012c" + "0000012c" + "00000000" + hex(IpAddress.parse("2001:db8:1::")));
        host.advanceSeconds(3);
        host.link.takeSent();
        final IpPath path =
                Objects.requireNonNull(host.internet.path(IpAddress.ANY_IPV6, IpAddress.parse("2001:db8:1:ffff::9")));
        assertThat(path.source().high())
                .isEqualTo(IpAddress.parse("2001:db8:1::").high());
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.send(ByteBuffer.wrap(new byte[5]), new Endpoint(path.destination(), 9));
        assertThat(HexFormat.of().formatHex(host.link.next(), 0, 6)).isEqualTo(hex(PEER_MAC));
        endpoint.close();
    }

    /** As RFC 1122 3.3.6 for IPv4. */
    @Test
    void aUnicastPacketInAFrameForAGroupIsDropped() {
        settle();
        host.receive(frame(MacAddress.parse("33:33:00:00:00:01"), PEER, ADDRESS, 64, echo()));
        host.assertDropped(DropReason.IP_UNICAST_IN_BROADCAST);
    }

    private void settle() {
        host.advanceSeconds(3);
        host.link.takeSent();
    }

    private void advertise(final String option) {
        final IpAddress all = IpAddress.parse("ff02::1");
        final byte[] message = Packets.icmpv6(
                ROUTER,
                all,
                134,
                0,
                64 << 24 | 1_800,
                bytes("00000000" + "00000000" + "0101" + hex(PEER_MAC) + option));
        host.receive(frame(MacAddress.parse("33:33:00:00:00:01"), ROUTER, all, 255, message));
    }

    private static byte[] echo() {
        return Packets.icmpv6(PEER, ADDRESS, 128, 0, 1, new byte[8]);
    }

    private static byte[] frame(
            final MacAddress to,
            final IpAddress source,
            final IpAddress destination,
            final int hopLimit,
            final byte[] message) {
        return Packets.ethernet(to, PEER_MAC, 0x86DD, Packets.ipv6(source, destination, 0, 58, hopLimit, message));
    }

    private static String hex(final IpAddress address) {
        return HexFormat.of().formatHex(address.toBytes());
    }

    private static String hex(final MacAddress mac) {
        return List.of(mac.toString().split(":")).stream().reduce("", String::concat);
    }
}
