package io.tapstack.ip.v6;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.SendStatus;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestLink;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes, sources and sizes of sent packets. */
class Ipv6PathTest {

    private final Ipv6Host host = new Ipv6Host();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    /** RFC 6724 5: the source has the scope of the destination. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8::1, 2001:db8::2",
        "2001:db8:ffff::1, 2001:db8::2",
        "fe80::1, fe80::2",
        "ff02::1, fe80::2",
        "ff05::1, 2001:db8::2",
        "::1, ::1",
        "2001:db8::2, 2001:db8::2",
    })
    void theSourceFitsTheDestination(final String destination, final String source) {
        final IpPath path = host.internet.path(IpAddress.ANY_IPV6, IpAddress.parse(destination));
        assertThat(path).isNotNull();
        assertThat(path.source()).hasToString(source);
    }

    @ParameterizedTest
    @CsvSource({"2001:db8::9, 2001:db8::1", "::1, 2001:db8::1", "::, ::", "10.0.0.2, 2001:db8::1", "::, 10.0.0.1"})
    void thereIsNoPathWithoutASourceOfOurs(final String source, final String destination) {
        assertThat(host.internet.path(IpAddress.parse(source), IpAddress.parse(destination)))
                .isNull();
    }

    /** A path ends with its source address, and the next one has another source. */
    @Test
    void aRemovedAddressIsUsedNoMore() {
        final IpPath path = path(Ipv6Host.FAR);
        final var address = Objects.requireNonNull(host.onLink.addresses().find(Ipv6Host.ADDRESS));
        address.state(AddressState.DUPLICATE);
        assertThat(path.send(host.pool.packet(new byte[8], 64), IpProtocol.UDP, 0, 64, PathMtuPolicy.DO))
                .isEqualTo(SendStatus.UNREACHABLE);
        assertThat(host.link.take()).isNull();
        assertThat(path(Ipv6Host.FAR).source()).isEqualTo(Ipv6Host.LINK_LOCAL);
    }

    @Test
    void headersAreThoseOfIpv6() {
        final IpPath path = path(Ipv6Host.PEER);
        assertThat(path.mtu()).isEqualTo(1_500);
        assertThat(path.ipHeaderLength()).isEqualTo(40);
        assertThat(path.isOnLink()).isTrue();
        assertThat(path(Ipv6Host.FAR).isOnLink()).isFalse();
        final PacketBuffer packet = host.pool.packet(path.headroom() + 8, path.headroom());
        packet.append(8);
        assertThat(path.send(packet, 253, 0xB9, 7, PathMtuPolicy.DO)).isEqualTo(SendStatus.SENT);
        assertThat(host.link.next())
                .isEqualTo(Packets.ipv6(Ipv6Host.ADDRESS, Ipv6Host.PEER, 0xB9, 253, 7, new byte[8]));
    }

    /** IPV6_MTU_DISCOVER of ipv6(7). */
    @ParameterizedTest
    @CsvSource({
        "DONT, 1400, 2, SENT",
        "WANT, 1400, 2, SENT",
        "DO, 1400, 0, TOO_BIG",
        "PROBE, 1400, 1, SENT",
        "INTERFACE, 1400, 1, SENT",
        "OMIT, 1400, 1, SENT",
        "PROBE, 1470, 0, TOO_BIG",
        "INTERFACE, 1470, 0, TOO_BIG",
        "OMIT, 1470, 2, SENT",
    })
    void policiesOfThePathMtu(
            final PathMtuPolicy policy, final int payload, final int packets, final SendStatus status) {
        final IpPath path = path(Ipv6Host.FAR);
        path.reduceMtu(1_300);
        final PacketBuffer packet = host.pool.packet(path.headroom() + payload, path.headroom());
        packet.append(payload);
        assertThat(path.send(packet, 253, 0, 64, policy)).isEqualTo(status);
        assertThat(host.link.takeSent()).hasSize(packets);
    }

    /** RFC 8201 4: never below 1,280. */
    @Test
    void thePathMtuIsNeverBelowTheLeastOfAllLinks() {
        final IpPath path = path(Ipv6Host.FAR);
        path.reduceMtu(1_279);
        assertThat(path.mtu()).isEqualTo(1_500);
        path.reduceMtu(1_280);
        assertThat(path.mtu()).isEqualTo(1_280);
    }

    /** RFC 4291 2.5.3: packets to ::1 and to our addresses do not leave the host. */
    @ParameterizedTest
    @CsvSource({"::1", "2001:db8::2", "fe80::2"})
    void packetsToOurselvesComeBack(final String address) throws SocketErrorException {
        final Endpoint self = new Endpoint(IpAddress.parse(address), 7);
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.bind(self);
        endpoint.send(ByteBuffer.wrap(Packets.pattern(60_000)), self);
        host.advanceSeconds(0);
        final Datagram received = endpoint.receive();
        assertThat(received).isNotNull();
        assertThat(received.source()).isEqualTo(self);
        assertThat(received.length()).isEqualTo(60_000);
        received.release();
        endpoint.close();
        assertThat(host.link.take()).isNull();
    }

    /** RFC 8200 5. */
    @Test
    void aLinkWithASmallMtuHasNoIpv6() {
        final TestLink small = new TestLink(LinkCapabilities.plain(LinkType.IP, 1_279));
        final NetworkInterface link = new NetworkInterface(small, MacAddress.ZERO, host.pool, host.statistics);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.ipv6.addInterface(link, NdpConfig.DEFAULT, new SipHash(1, 2)))
                .withMessageContaining("1280");
        host.internet.linkMtu(host.networkInterface, 1_000);
        assertThat(host.internet.path(IpAddress.ANY_IPV6, Ipv6Host.PEER)).isNull();
        host.internet.linkMtu(host.networkInterface, 1_280);
        assertThat(path(Ipv6Host.PEER).mtu()).isEqualTo(1_280);
    }

    private IpPath path(final IpAddress destination) {
        return Objects.requireNonNull(host.internet.path(IpAddress.ANY_IPV6, destination));
    }
}
