package io.tapstack.ip.v6;

import static io.tapstack.testing.Ipv6Host.ADDRESS;
import static io.tapstack.testing.Ipv6Host.PEER;
import static io.tapstack.testing.Ipv6Host.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8200: what a host accepts, drops, and answers with an error. */
class Ipv6InputTest {

    private static final int PORT = 7;

    private final Ipv6Host host = new Ipv6Host();
    private final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);

    @BeforeEach
    void bind() throws SocketErrorException {
        endpoint.bind(new Endpoint(ADDRESS, PORT));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        host.assertNothingLeaked();
    }

    @Test
    void aDatagramReachesItsEndpoint() throws SocketErrorException {
        host.receive(IpProtocol.UDP, datagram());
        assertReceived();
    }

    /** RFC 8200 3: bytes behind the payload length are padding of a frame. */
    @Test
    void paddingIsCutOff() throws SocketErrorException {
        final byte[] packet = Packets.ipv6(PEER, ADDRESS, IpProtocol.UDP, datagram());
        host.receive(Arrays.copyOf(packet, packet.length + 9));
        assertReceived();
    }

    @Test
    void malformedHeadersAreDropped() {
        host.receive(Arrays.copyOf(Packets.ipv6(PEER, ADDRESS, IpProtocol.UDP, datagram()), 39));
        host.assertDropped(DropReason.IP_TOO_SHORT);
        final byte[] cut = Packets.ipv6(PEER, ADDRESS, IpProtocol.UDP, datagram());
        host.receive(Arrays.copyOf(cut, cut.length - 1));
        host.assertDropped(DropReason.IP_TOTAL_LENGTH);
    }

    /** RFC 4291 2.5.3, 2.7; RFC 4942 2.2 for mapped addresses, which would be taken for IPv4. */
    @ParameterizedTest
    @ValueSource(strings = {"ff02::1", "::1", "::ffff:10.0.0.1", "2001:db8::2", "fe80::2", "::"})
    void sourcesThatAreNoneAreDropped(final String source) {
        final IpAddress from = IpAddress.parse(source);
        host.receive(packet(from, ADDRESS));
        host.assertDropped(DropReason.IP_SOURCE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::1",
                "::",
                "2001:db8::3",
                "fe80::3",
                "ff02::2",
                "ff00::1",
                "ff01::1",
                "ff02::1:ff00:3",
                "ff05::1"
            })
    void otherDestinationsAreDropped(final String destination) {
        host.receive(packet(PEER, IpAddress.parse(destination)));
        host.assertDropped(DropReason.IP_NOT_FOR_US);
    }

    /** The same for an IPv4-mapped one, which is not the host's IPv4 address. */
    @Test
    void aMappedDestinationIsDropped() {
        final byte[] packet = packet(PEER, ADDRESS);
        ByteBuffer.wrap(packet).putLong(24, 0).putLong(32, 0xFFFF_0A00_0002L);
        host.receive(packet);
        host.assertDropped(DropReason.IP_NOT_FOR_US);
    }

    /** RFC 4291 2.8: every host is in all-nodes and in the solicited-node group of each of its addresses. */
    @ParameterizedTest
    @ValueSource(strings = {"ff02::1", "ff02::1:ff00:2"})
    void groupsOfEveryHostAreReceived(final String group) {
        host.receive(packet(PEER, IpAddress.parse(group)));
        // No endpoint is bound to the group; the packet came as far as UDP, and no error is sent about it.
        host.assertDropped(DropReason.UDP_PORT_UNREACHABLE);
    }

    /** RFC 8200 8.1: a UDP checksum is compulsory. */
    @Test
    void aDatagramWithoutChecksumIsDropped() {
        final byte[] datagram = datagram();
        datagram[6] = 0;
        datagram[7] = 0;
        host.receive(IpProtocol.UDP, datagram);
        host.assertDropped(DropReason.UDP_CHECKSUM);
    }

    @Test
    void extensionHeadersAreProcessed() throws SocketErrorException {
        host.receive(0, bytes("3c00010400000000" + "2b001e0400000000" + "1100040000000000", datagram()));
        assertReceived();
    }

    /** RFC 8200 4: the pointer is at the byte that names the header. */
    @ParameterizedTest
    @CsvSource({"253, '', 6", "50, '', 6", "60, fd00010400000000, 40", "60, 0000010400000000, 40"})
    void anUnknownNextHeaderIsReported(final int nextHeader, final String chain, final int pointer) {
        final byte[] packet = Packets.ipv6(PEER, ADDRESS, nextHeader, bytes(chain, new byte[16]));
        host.receive(packet);
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(4);
        assertThat(error.code()).isEqualTo(1);
        assertThat(error.word()).isEqualTo(pointer);
        assertThat(error.quoted()).isEqualTo(packet);
        assertThat(error.source()).isEqualTo(ADDRESS);
        assertThat(error.destination()).isEqualTo(PEER);
        host.assertDropped(DropReason.IP_UNKNOWN_PROTOCOL);
    }

    /** RFC 8200 4.7. */
    @Test
    void nothingBehindTheLastHeaderIsFine() {
        host.receive(59, new byte[20]);
        host.assertDropped(DropReason.IP_NO_NEXT_HEADER);
    }

    /** RFC 8200 4.2: an option of type 10... is reported for multicast too, one of type 11... is not. */
    @ParameterizedTest
    @CsvSource({"2001:db8::2, 8a, true", "2001:db8::2, ca, true", "ff02::1, 8a, true", "ff02::1, ca, false"})
    void unknownOptionsAreReported(final String destination, final String option, final boolean reported) {
        final IpAddress to = IpAddress.parse(destination);
        host.receive(Packets.ipv6(PEER, to, 60, bytes("1100" + option + "0201020000", datagram())));
        if (reported) {
            final Ipv6Host.Error error = host.sentError();
            assertThat(error.type()).isEqualTo(4);
            assertThat(error.code()).isEqualTo(2);
            assertThat(error.word()).isEqualTo(42);
            assertThat(error.source()).isEqualTo(ADDRESS);
        }
        host.assertDropped(DropReason.IP_OPTION_UNKNOWN);
    }

    /** RFC 2675: the option of a jumbogram is unknown here, and reported. */
    @Test
    void jumbogramsAreRefused() {
        final byte[] packet = Packets.ipv6(PEER, ADDRESS, 0, bytes("1100c20400010008", new byte[1_000]));
        ByteBuffer.wrap(packet).putShort(4, (short) 0);
        host.receive(packet);
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.code()).isEqualTo(2);
        assertThat(error.word()).isEqualTo(42);
        host.assertDropped(DropReason.IP_OPTION_UNKNOWN);
    }

    /** RFC 5095 3. */
    @Test
    void aRoutingHeaderOfType0IsRefused() {
        host.receive(43, bytes("1102000100000000" + "20010db8000000000000000000000003", datagram()));
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(4);
        assertThat(error.code()).isZero();
        assertThat(error.word()).isEqualTo(42);
        host.assertDropped(DropReason.IP_ROUTING_HEADER);
    }

    /** RFC 4443 2.4 (e): none about an error, a redirect, a group or a source that is no node. */
    @Test
    void errorsAreNotReportedAboutSome() {
        final byte[] unreachable = Packets.icmpv6(PEER, ADDRESS, 1, 0, 0, new byte[0]);
        host.receive(60, bytes("3a008a0201020000", unreachable));
        assertThat(host.link.take()).isNull();
        final byte[] redirect = Packets.icmpv6(PEER, ADDRESS, 137, 0, 0, new byte[0]);
        host.receive(60, bytes("3a008a0201020000", redirect));
        assertThat(host.link.take()).isNull();
        host.receive(Packets.ipv6(PEER, IpAddress.parse("ff02::1"), 253, new byte[8]));
        assertThat(host.link.take()).isNull();
        host.receive(Packets.ipv6(IpAddress.ANY_IPV6, ADDRESS, 253, new byte[8]));
        assertThat(host.link.take()).isNull();
    }

    private static byte[] packet(final IpAddress source, final IpAddress destination) {
        final IpAddress sender = source.isIpv4() ? PEER : source;
        final byte[] datagram = Packets.udp(sender, 9, destination, PORT, new byte[] {1, 2, 3});
        return Packets.ipv6(source, destination, IpProtocol.UDP, datagram);
    }

    private static byte[] datagram() {
        return Packets.udp(PEER, 9, ADDRESS, PORT, new byte[] {1, 2, 3});
    }

    private void assertReceived() throws SocketErrorException {
        final var received = endpoint.receive();
        assertThat(received).isNotNull();
        assertThat(received.source()).isEqualTo(new Endpoint(PEER, 9));
        assertThat(received.destination()).isEqualTo(ADDRESS);
        received.release();
        assertThat(host.link.take()).isNull();
    }
}
