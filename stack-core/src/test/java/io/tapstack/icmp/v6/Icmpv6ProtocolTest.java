package io.tapstack.icmp.v6;

import static io.tapstack.testing.Ipv6Host.ADDRESS;
import static io.tapstack.testing.Ipv6Host.PEER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.ErrorReport;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestLink;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 4443, and RFC 8201 for the path MTU. */
class Icmpv6ProtocolTest {

    private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");

    private Ipv6Host host = new Ipv6Host();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    // ---- Echo

    /** RFC 4443 4.2. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 56, 1_452})
    void anEchoRequestIsAnswered(final int length) {
        host.receive(58, echo(ADDRESS, length));
        final Ipv6Host.Error reply = host.sentError();
        assertThat(reply.type()).isEqualTo(129);
        assertThat(reply.code()).isZero();
        assertThat(reply.word()).isEqualTo(0x0001_0002);
        assertThat(reply.quoted()).isEqualTo(Packets.pattern(length));
        assertThat(reply.source()).isEqualTo(ADDRESS);
        assertThat(reply.destination()).isEqualTo(PEER);
    }

    /** The traffic class of the request, without its ECN field. */
    @Test
    void theAnswerHasTheServiceOfTheRequest() {
        host.receive(Packets.ipv6(PEER, ADDRESS, 0xB9, 58, 3, echo(ADDRESS, 8)));
        final byte[] reply = host.link.next();
        assertThat(ByteBuffer.wrap(reply).getInt(0)).isEqualTo(0x6B80_0000);
        assertThat(reply[7]).isEqualTo((byte) 64);
    }

    /** RFC 4443 4.2: a request to a group is answered from an address of ours, here one of the scope of the peer. */
    @Test
    void anEchoRequestToAGroupIsAnsweredFromOurAddress() {
        host.receive(Packets.ipv6(PEER, ALL_NODES, 58, echo(ALL_NODES, 8)));
        assertThat(host.sentError().source()).isEqualTo(ADDRESS);
        final IpAddress linkLocal = IpAddress.parse("fe80::1");
        final byte[] echo = Packets.icmpv6(linkLocal, ALL_NODES, 128, 0, 0x0001_0002, new byte[8]);
        host.receive(Packets.ipv6(linkLocal, ALL_NODES, 58, echo));
        assertThat(host.sentError().source()).isEqualTo(Ipv6Host.LINK_LOCAL);
    }

    @Test
    void answersToGroupsAreLimited() {
        for (int i = 0; i < 100; i++) {
            host.receive(Packets.ipv6(PEER, ALL_NODES, 58, echo(ALL_NODES, 8)));
        }
        assertThat(host.link.takeSent()).hasSize(IcmpRates.DEFAULT.burstToOne());
        assertThat(host.drops(DropReason.ICMP_RATE_LIMITED)).isEqualTo(80);
    }

    /** Both ways in fragments. */
    @Test
    void aLongEchoRequestIsAnswered() {
        final byte[] echo = echo(ADDRESS, 65_000);
        for (int from = 0; from < echo.length; from += 1_400) {
            final byte[] part = Arrays.copyOfRange(echo, from, Math.min(echo.length, from + 1_400));
            host.receive(44, Packets.ipv6Fragment(58, 77, from, from + 1_400 < echo.length, part));
        }
        final ByteBuffer reply = ByteBuffer.allocate(echo.length);
        for (final byte[] fragment : host.link.takeSent()) {
            reply.put(fragment, 48, fragment.length - 48);
        }
        assertThat(reply.hasRemaining()).isFalse();
        assertThat(reply.get(0)).isEqualTo((byte) 129);
        assertThat(Packets.transportChecksum(ADDRESS, PEER, 58, reply.array())).isZero();
    }

    @Test
    void whatIsBrokenOrUnknownIsDropped() {
        host.receive(58, new byte[3]);
        host.assertDropped(DropReason.ICMP_TOO_SHORT);
        final byte[] damaged = echo(ADDRESS, 8);
        damaged[9] ^= 1;
        host.receive(58, damaged);
        host.assertDropped(DropReason.ICMP_CHECKSUM);
        // RFC 4443 2.4 (b).
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, 200, 0, 0, new byte[8]));
        host.assertDropped(DropReason.ICMP_UNKNOWN_TYPE);
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, 129, 0, 0, new byte[8]));
        host.assertDropped(DropReason.ICMP_UNMATCHED);
    }

    // ---- Errors sent

    /** RFC 4443 2.4 (c): as much as fits 1,280 bytes. */
    @ParameterizedTest
    @CsvSource({"10, 58", "1184, 1232", "1400, 1232"})
    void aPortWithoutSocketIsReported(final int payload, final int quoted) {
        final byte[] packet =
                Packets.ipv6(PEER, ADDRESS, IpProtocol.UDP, Packets.udp(PEER, 9, ADDRESS, 99, new byte[payload]));
        host.receive(packet);
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(1);
        assertThat(error.code()).isEqualTo(4);
        assertThat(error.word()).isZero();
        assertThat(error.quoted()).isEqualTo(Arrays.copyOf(packet, quoted));
    }

    /** RFC 4443 2.4 (f). */
    @Test
    void errorsAreLimited() {
        host = new Ipv6Host(new TestLink(LinkCapabilities.plain(LinkType.IP, 1_500)), new IcmpRates(1_000, 10, 10, 3));
        for (int i = 0; i < 10; i++) {
            host.receive(IpProtocol.UDP, Packets.udp(PEER, 9, ADDRESS, 99, new byte[8]));
        }
        assertThat(host.link.takeSent()).hasSize(3);
        assertThat(host.drops(DropReason.ICMP_RATE_LIMITED)).isEqualTo(7);
    }

    // ---- Errors received

    /** The errno of Linux's icmpv6_err_convert; an error that may pass is told to a socket that asks for all. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, ENETUNREACH, false",
        "1, 1, EACCES, true",
        "1, 2, EHOSTUNREACH, false",
        "1, 3, EHOSTUNREACH, false",
        "1, 4, ECONNREFUSED, true",
        "1, 5, EACCES, true",
        "1, 6, EACCES, true",
        "1, 77, EPROTO, true",
        "3, 0, EHOSTUNREACH, false",
        "4, 1, EPROTO, true",
        "77, 0, EPROTO, false",
    })
    void anErrorIsToldToTheSocket(final int type, final int code, final SocketError expected, final boolean hard)
            throws SocketErrorException {
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.connect(new Endpoint(PEER, 9));
        endpoint.send(ByteBuffer.wrap(new byte[10]), null);
        final byte[] sent = host.link.next();
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, type, code, 0, sent));
        assertThat(endpoint.errors().take()).isEqualTo(hard ? expected : null);
        endpoint.reportErrors(true);
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, type, code, 0, sent));
        final ErrorReport report = endpoint.errors().queue().poll();
        assertThat(report).isNotNull();
        assertThat(report.errno()).isEqualTo(expected.errno());
        assertThat(report.origin()).isEqualTo(ErrorReport.ICMPV6);
        assertThat(report.type()).isEqualTo(type);
        assertThat(report.offender()).isEqualTo(PEER);
        endpoint.close();
    }

    /** RFC 5927 4: a packet that is not ours, not matched by a socket, cut too short or a later fragment. */
    @Test
    void errorsAboutForeignPacketsAreIgnored() {
        final byte[] datagram = Packets.udp(ADDRESS, 9, PEER, 99, new byte[8]);
        receiveError(Packets.ipv6(PEER, ADDRESS, IpProtocol.UDP, datagram));
        receiveError(Packets.ipv6(ADDRESS, PEER, 253, datagram));
        receiveError(Packets.ipv6(ADDRESS, PEER, IpProtocol.UDP, datagram));
        receiveError(Packets.ipv6(ADDRESS, PEER, 44, Packets.ipv6Fragment(17, 1, 8, false, datagram)));
        receiveError(Packets.ipv4(TestAddresses.OURS, TestAddresses.PEER, 17, new byte[40]));
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(5);
        receiveError(Arrays.copyOf(Packets.ipv6(ADDRESS, PEER, IpProtocol.UDP, datagram), 47));
        host.assertDropped(DropReason.ICMP_TOO_SHORT);
    }

    private static final class TestAddresses {
        static final IpAddress OURS = IpAddress.parse("10.0.0.2");
        static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    }

    private void receiveError(final byte[] quoted) {
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, 1, 0, 0, quoted));
    }

    // ---- Path MTU

    /** RFC 8201 4: at least 1,280, below the estimate; a larger one is found again after ten minutes (5.3). */
    @ParameterizedTest
    @CsvSource({"1400, 1400", "1280, 1280", "1279, 1500", "0, 1500", "68, 1500", "1500, 1500", "9000, 1500", "-1, 1500"
    })
    void packetTooBigReducesThePathMtu(final int told, final int mtu) throws SocketErrorException {
        final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
        endpoint.connect(new Endpoint(Ipv6Host.FAR, 9));
        endpoint.send(ByteBuffer.wrap(Packets.pattern(1_452)), null);
        final byte[] sent = Arrays.copyOf(host.link.next(), 1_232);
        host.receive(58, Packets.icmpv6(PEER, ADDRESS, 2, 0, told, sent));
        assertThat(endpoint.pathMtu()).isEqualTo(mtu);
        endpoint.errors().take();
        endpoint.send(ByteBuffer.wrap(Packets.pattern(1_452)), null);
        assertThat(host.link.next().length).isLessThanOrEqualTo(mtu);
        host.link.takeSent();
        host.advanceSeconds(601);
        assertThat(endpoint.pathMtu()).isEqualTo(1_500);
        endpoint.close();
    }

    private static byte[] echo(final IpAddress destination, final int length) {
        return Packets.icmpv6(PEER, destination, 128, 0, 0x0001_0002, Packets.pattern(length));
    }
}
