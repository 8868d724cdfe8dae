package io.tapstack.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.buffer.BufferPool;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.UdpPacket;
import org.pcap4j.packet.namednumber.IcmpV4Code;

/** RFC 768, RFC 1122 4.1. */
class UdpEndpointTest {

    private static final int MAX_IPV4_PAYLOAD = UdpEndpoint.MAX_PAYLOAD - 20;
    private static final Endpoint PEER_PORT = new Endpoint(TestHost.PEER, 4_000);

    private TestHost host = TestHost.settled();
    private final List<UdpEndpoint> opened = new ArrayList<>();

    @AfterEach
    void nothingLeaks() {
        opened.forEach(UdpEndpoint::close);
        host.assertNothingLeaked();
    }

    private UdpEndpoint open() {
        return opened(host.udp.open());
    }

    private UdpEndpoint opened(final UdpEndpoint endpoint) {
        opened.add(endpoint);
        return endpoint;
    }

    private UdpEndpoint bound(final int port) throws SocketErrorException {
        final UdpEndpoint endpoint = open();
        endpoint.bind(Endpoint.anyIpv4(port));
        return endpoint;
    }

    private void receive(final Endpoint from, final int port, final byte[] payload) {
        host.receivePacket(Packets.ipv4(
                from.address(),
                TestHost.ADDRESS,
                IpProtocol.UDP,
                Packets.udp(from.address(), from.port(), TestHost.ADDRESS, port, payload)));
    }

    private void receiveBroadcast(final IpAddress destination, final int port, final byte[] payload) {
        final byte[] udp = Packets.udp(TestHost.PEER, 4_000, destination, port, payload);
        final byte[] packet = Packets.ipv4(TestHost.PEER, destination, IpProtocol.UDP, udp);
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0800, packet));
    }

    private static byte[] next(final UdpEndpoint endpoint) throws SocketErrorException {
        final Datagram datagram = Objects.requireNonNull(endpoint.receive());
        final ByteBuffer bytes = ByteBuffer.allocate(datagram.length());
        datagram.copyTo(bytes);
        datagram.release();
        return bytes.array();
    }

    private static void assertError(final SocketError error, final ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SocketErrorException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    private static ByteBuffer bytes(final int length) {
        return ByteBuffer.wrap(Packets.pattern(length));
    }

    // ---- Receiving

    @Test
    void datagramsArriveWholeAndInOrder() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        assertThat(endpoint.isReadable()).isFalse();
        receive(PEER_PORT, 7, Packets.pattern(5));
        receive(PEER_PORT, 7, new byte[0]);
        receive(new Endpoint(TestHost.OTHER, 9), 7, Packets.pattern(1_472));
        assertThat(endpoint.isReadable()).isTrue();
        final Datagram first = Objects.requireNonNull(endpoint.receive());
        assertThat(first.source()).isEqualTo(PEER_PORT);
        assertThat(first.destination()).isEqualTo(TestHost.ADDRESS);
        assertThat(first.timeToLive()).isEqualTo(64);
        first.release();
        assertThat(next(endpoint)).isEmpty();
        assertThat(Objects.requireNonNull(endpoint.peek()).source()).isEqualTo(new Endpoint(TestHost.OTHER, 9));
        assertThat(next(endpoint)).isEqualTo(Packets.pattern(1_472));
        assertThat(endpoint.receive()).isNull();
    }

    @Test
    void aShortReadLosesTheRestButKnowsTheLength() throws Exception { // MSG_TRUNC
        final UdpEndpoint endpoint = bound(7);
        receive(PEER_PORT, 7, Packets.pattern(100));
        final Datagram datagram = Objects.requireNonNull(endpoint.receive());
        final ByteBuffer room = ByteBuffer.allocateDirect(30).position(20);
        assertThat(datagram.copyTo(room)).isEqualTo(10);
        assertThat(datagram.length()).isEqualTo(100);
        datagram.release();
        assertThat(endpoint.receive()).isNull();
    }

    @Test
    void checksumsAreVerified() throws Exception { // RFC 1122 4.1.3.4
        final UdpEndpoint endpoint = bound(7);
        final byte[] udp = Packets.udp(TestHost.PEER, 1, TestHost.ADDRESS, 7, Packets.pattern(9));
        udp[10] ^= 4;
        host.receiveFromPeer(IpProtocol.UDP, udp);
        assertThat(host.drops(DropReason.UDP_CHECKSUM)).isEqualTo(1);
        assertThat(endpoint.isReadable()).isFalse();
        udp[6] = 0;
        udp[7] = 0;
        host.receiveFromPeer(IpProtocol.UDP, udp);
        assertThat(endpoint.isReadable()).as("RFC 768: zero means none").isTrue();
    }

    @Test
    void lengthsAreVerified() throws Exception {
        bound(7);
        for (final int length : new int[] {0, 7, 18, 65_535}) {
            final byte[] udp = Packets.udp(TestHost.PEER, 1, TestHost.ADDRESS, 7, Packets.pattern(9));
            ByteBuffer.wrap(udp).putShort(4, (short) length).putShort(6, (short) 0);
            host.receiveFromPeer(IpProtocol.UDP, udp);
        }
        assertThat(host.drops(DropReason.UDP_LENGTH)).isEqualTo(4);
        host.receiveFromPeer(IpProtocol.UDP, new byte[7]);
        assertThat(host.drops(DropReason.UDP_TOO_SHORT)).isEqualTo(1);
    }

    @Test
    void whatFollowsTheDatagramIsIgnored() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        final byte[] udp = Packets.udp(TestHost.PEER, 1, TestHost.ADDRESS, 7, Packets.pattern(9));
        host.receiveFromPeer(IpProtocol.UDP, Arrays.copyOf(udp, 40));
        assertThat(next(endpoint)).isEqualTo(Packets.pattern(9));
    }

    @Test
    void aClosedPortIsUnreachable() { // RFC 1122 4.1.3.1
        receive(PEER_PORT, 9, Packets.pattern(20));
        final EthernetPacket frame = host.sentOne();
        assertThat(frame.get(IcmpV4CommonPacket.class).getHeader().getCode()).isEqualTo(IcmpV4Code.PORT_UNREACHABLE);
        final UdpPacket quoted = frame.get(UdpPacket.class);
        assertThat(quoted.getHeader().getDstPort().valueAsInt()).isEqualTo(9);
        assertThat(host.drops(DropReason.UDP_PORT_UNREACHABLE)).isEqualTo(1);
    }

    @Test
    void aClosedPortIsSilentToABroadcast() { // RFC 1122 3.2.2
        receiveBroadcast(IpAddress.BROADCAST_IPV4, 9, Packets.pattern(20));
        assertThat(host.sent()).isEmpty();
        assertThat(host.drops(DropReason.UDP_PORT_UNREACHABLE)).isEqualTo(1);
    }

    @Test
    void theQueueIsBoundedByTheMemoryItHolds() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        endpoint.receiveLimitBytes(20_000);
        for (int i = 0; i < 1_000; i++) {
            receive(PEER_PORT, 7, Packets.pattern(10));
        }
        assertThat(host.pool.bytesInUse()).isLessThanOrEqualTo(20_000 + BufferPool.SMALL);
        assertThat(host.drops(DropReason.UDP_QUEUE_FULL)).isPositive();
        int received = 0;
        while (endpoint.isReadable()) {
            next(endpoint);
            received++;
        }
        assertThat(received).as("small ones are compact").isEqualTo(20_000 / BufferPool.SMALL + 1);
        receive(PEER_PORT, 7, Packets.pattern(10));
        assertThat(endpoint.isReadable()).isTrue();
    }

    @Test
    void theLargestDatagramArrives() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        final byte[] payload = Packets.pattern(MAX_IPV4_PAYLOAD);
        final byte[] udp = Packets.udp(TestHost.PEER, 1, TestHost.ADDRESS, 7, payload);
        for (int from = 0; from < udp.length; from += 1_480) {
            final int to = Math.min(udp.length, from + 1_480);
            host.receivePacket(Packets.ipv4(
                    TestHost.PEER,
                    TestHost.ADDRESS,
                    IpProtocol.UDP,
                    3,
                    from / 8 | (to < udp.length ? 0x2000 : 0),
                    new byte[0],
                    Arrays.copyOfRange(udp, from, to)));
        }
        assertThat(next(endpoint)).isEqualTo(payload);
    }

    // ---- The receiving endpoint

    @Test
    void theMostSpecificEndpointGetsIt() throws Exception { // RFC 1122 4.1.3.5
        final UdpEndpoint any = open();
        any.options().reuseAddress(true);
        any.bind(Endpoint.anyIpv4(7));
        final UdpEndpoint specific = open();
        specific.options().reuseAddress(true);
        specific.bind(new Endpoint(TestHost.ADDRESS, 7));
        final UdpEndpoint connected = open();
        connected.options().reuseAddress(true);
        connected.bind(Endpoint.anyIpv4(7));
        connected.connect(PEER_PORT);

        receive(PEER_PORT, 7, new byte[] {1});
        receive(new Endpoint(TestHost.PEER, 4_001), 7, new byte[] {2});
        assertThat(next(connected)).containsExactly(1);
        assertThat(next(specific)).containsExactly(2);
        assertThat(any.isReadable()).isFalse();
        specific.close();
        receive(new Endpoint(TestHost.PEER, 4_001), 7, new byte[] {3});
        assertThat(next(any)).containsExactly(3);
    }

    @Test
    void aConnectedEndpointHearsNobodyElse() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        endpoint.connect(PEER_PORT);
        assertThat(endpoint.local()).isEqualTo(new Endpoint(TestHost.ADDRESS, 7));
        receive(new Endpoint(TestHost.PEER, 4_001), 7, new byte[] {1});
        receive(new Endpoint(TestHost.OTHER, 4_000), 7, new byte[] {1});
        assertThat(endpoint.isReadable()).isFalse();
        endpoint.disconnect();
        assertThat(endpoint.local()).isEqualTo(Endpoint.anyIpv4(7));
        receive(new Endpoint(TestHost.PEER, 4_001), 7, new byte[] {2});
        assertThat(next(endpoint)).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "10.0.0.255", "224.0.0.1"})
    void aBroadcastGoesToEverybodyOnThePort(final String destination) throws Exception {
        final UdpEndpoint first = open();
        first.options().reuseAddress(true);
        first.bind(Endpoint.anyIpv4(7));
        final UdpEndpoint second = open();
        second.options().reuseAddress(true);
        second.bind(Endpoint.anyIpv4(7));
        final UdpEndpoint unicastOnly = open();
        unicastOnly.options().reuseAddress(true);
        unicastOnly.bind(new Endpoint(TestHost.ADDRESS, 7));
        receiveBroadcast(IpAddress.parse(destination), 7, Packets.pattern(33));
        assertThat(next(first)).isEqualTo(Packets.pattern(33));
        assertThat(next(second)).isEqualTo(Packets.pattern(33));
        assertThat(unicastOnly.isReadable()).isFalse();
    }

    @Test
    void anEndpointAtTheAnyAddressOfIpv6GetsIpv4Too() throws Exception { // RFC 3493 3.7
        final UdpEndpoint both = opened(host.udp.open(IpAddress.ANY_IPV6));
        both.bind(Endpoint.anyIpv6(7));
        receive(PEER_PORT, 7, new byte[] {1});
        assertThat(next(both)).containsExactly(1);
        assertThat(both.send(ByteBuffer.wrap(new byte[] {2}), PEER_PORT)).isTrue();
        both.connect(PEER_PORT);
        assertThat(both.local()).isEqualTo(new Endpoint(TestHost.ADDRESS, 7));
        both.disconnect();
        assertThat(both.local()).isEqualTo(Endpoint.anyIpv6(7));
        assertError(SocketError.EADDRINUSE, () -> open().bind(Endpoint.anyIpv4(7)));

        final UdpEndpoint only = opened(host.udp.open(IpAddress.ANY_IPV6));
        only.options().ipv6Only(true);
        only.bind(Endpoint.anyIpv6(8));
        final UdpEndpoint four = open();
        four.bind(Endpoint.anyIpv4(8));
        receive(PEER_PORT, 8, new byte[] {3});
        assertThat(only.isReadable()).isFalse();
        assertThat(next(four)).containsExactly(3);
        assertError(SocketError.ENETUNREACH, () -> only.connect(PEER_PORT));
    }

    // ---- Ports

    @Test
    void portsAreNotShared() throws Exception {
        bound(7);
        assertError(SocketError.EADDRINUSE, () -> bound(7));
        assertError(SocketError.EADDRINUSE, () -> open().bind(new Endpoint(TestHost.ADDRESS, 7)));
        opened.get(0).close();
        bound(7);
    }

    @Test
    void sharingTakesBoth() throws Exception {
        bound(7);
        final UdpEndpoint second = open();
        second.options().reuseAddress(true);
        assertError(SocketError.EADDRINUSE, () -> second.bind(Endpoint.anyIpv4(7)));
    }

    @Test
    void differentAddressesDoNotCollide() throws Exception {
        open().bind(new Endpoint(TestHost.ADDRESS, 7));
        open().bind(new Endpoint(IpAddress.parse("127.0.0.1"), 7));
    }

    @Test
    void bindingIsForOurAddressesAndOnce() throws Exception {
        assertError(SocketError.EADDRNOTAVAIL, () -> open().bind(new Endpoint(TestHost.OTHER, 7)));
        final UdpEndpoint endpoint = bound(7);
        assertError(SocketError.EINVAL, () -> endpoint.bind(Endpoint.anyIpv4(8)));
    }

    @Test
    void freePortsAreFoundUntilThereAreNone() throws Exception { // RFC 6056 3.3.1
        final Set<Integer> ports = new HashSet<>();
        final int count = UdpPorts.LAST_EPHEMERAL - UdpPorts.FIRST_EPHEMERAL + 1;
        for (int i = 0; i < 300; i++) {
            final int port = bound(0).local().port();
            assertThat(port).isBetween(UdpPorts.FIRST_EPHEMERAL, UdpPorts.LAST_EPHEMERAL);
            assertThat(ports.add(port)).isTrue();
        }
        final List<Integer> inOrder = ports.stream().sorted().toList();
        assertThat(inOrder.get(299) - inOrder.get(0))
                .as("spread over the range")
                .isGreaterThan(count / 2);
    }

    /** IP_PKTINFO: a broadcast is answered from our own address. */
    @Test
    void theAddressToAnswerFrom() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        receive(PEER_PORT, 7, new byte[1]);
        receiveBroadcast(IpAddress.BROADCAST_IPV4, 7, new byte[1]);
        for (int i = 0; i < 2; i++) {
            final Datagram datagram = Objects.requireNonNull(endpoint.receive());
            assertThat(endpoint.answersFrom(datagram)).isEqualTo(TestHost.ADDRESS);
            datagram.release();
        }
    }

    // ---- Sending

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 511, 1_472})
    void aDatagramIsSentWithItsChecksum(final int length) throws Exception {
        final UdpEndpoint endpoint = bound(7);
        final ByteBuffer payload = bytes(length);
        endpoint.options().trafficClass(0xB8);
        endpoint.options().timeToLive(5);
        assertThat(endpoint.send(payload, PEER_PORT)).isTrue();
        assertThat(payload.hasRemaining()).isFalse();
        final EthernetPacket frame = host.sentOne();
        final IpV4Packet ip = frame.get(IpV4Packet.class);
        assertThat(ip.getHeader().getTtlAsInt()).isEqualTo(5);
        assertThat(ip.getHeader().getTos().value()).isEqualTo((byte) 0xB8);
        final UdpPacket udp = frame.get(UdpPacket.class);
        assertThat(udp.getHeader().getSrcPort().valueAsInt()).isEqualTo(7);
        assertThat(udp.getHeader().getDstPort().valueAsInt()).isEqualTo(4_000);
        assertThat(udp.getHeader().getLengthAsInt()).isEqualTo(8 + length);
        assertThat(udp.hasValidChecksum(
                        ip.getHeader().getSrcAddr(), ip.getHeader().getDstAddr(), false))
                .isTrue();
        final byte[] raw = udp.getRawData();
        assertThat(Arrays.copyOfRange(raw, 8, raw.length)).isEqualTo(Packets.pattern(length));
    }

    @Test
    void aChecksumOfZeroIsSentAsAllOnes() throws Exception { // RFC 768
        final UdpEndpoint endpoint = bound(7);
        boolean seen = false;
        for (int word = 0; word < 65_536; word++) {
            endpoint.send(ByteBuffer.allocate(2).putShort(0, (short) word), PEER_PORT);
            final byte[] frame = host.link.takeSent().get(0);
            final int checksum = (frame[40] & 0xFF) << 8 | (frame[41] & 0xFF);
            assertThat(checksum).isNotZero();
            seen |= checksum == 0xFFFF;
        }
        assertThat(seen).isTrue();
    }

    @Test
    void theLargestDatagramIsFragmented() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        assertThat(endpoint.send(bytes(MAX_IPV4_PAYLOAD), PEER_PORT)).isTrue();
        assertThat(host.link.takeSent()).hasSize(45);
        assertError(SocketError.EMSGSIZE, () -> endpoint.send(bytes(MAX_IPV4_PAYLOAD + 1), PEER_PORT));
        endpoint.options().pathMtuPolicy(PathMtuPolicy.DO);
        assertError(SocketError.EMSGSIZE, () -> endpoint.send(bytes(1_473), PEER_PORT));
        assertThat(endpoint.send(bytes(1_472), PEER_PORT)).isTrue();
    }

    @Test
    void aDeviceWithChecksumsGetsThePseudoHeader() throws Exception {
        host = new TestHost(new TestLink(new LinkCapabilities(LinkType.ETHERNET, 1_500, true, true, 0))).settle();
        final UdpEndpoint endpoint = bound(7);
        endpoint.send(bytes(3), PEER_PORT);
        final byte[] small = host.link.takeSent().get(0);
        final int pseudoHeader = 0x0A00 + 0x0002 + 0x0A00 + 0x0001 + 17 + 11;
        assertThat((small[40] & 0xFF) << 8 | (small[41] & 0xFF)).isEqualTo(pseudoHeader);
        endpoint.send(bytes(3_000), PEER_PORT);
        final ByteBuffer whole = ByteBuffer.allocate(3_008);
        host.link.takeSent().forEach(frame -> whole.put(frame, 34, frame.length - 34));
        assertThat(whole.array())
                .as("a device cannot do it for fragments")
                .isEqualTo(Packets.udp(TestHost.ADDRESS, 7, TestHost.PEER, 4_000, Packets.pattern(3_000)));
    }

    @Test
    void broadcastsNeedPermission() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        for (final String broadcast : new String[] {"255.255.255.255", "10.0.0.255"}) {
            final Endpoint to = new Endpoint(IpAddress.parse(broadcast), 9);
            endpoint.options().broadcastAllowed(false);
            assertError(SocketError.EACCES, () -> endpoint.send(bytes(3), to));
            assertError(SocketError.EACCES, () -> endpoint.connect(to));
            endpoint.options().broadcastAllowed(true);
            assertThat(endpoint.send(bytes(3), to)).isTrue();
            assertThat(host.sentOne().getHeader().getDstAddr()).hasToString("ff:ff:ff:ff:ff:ff");
        }
    }

    @Test
    void aDestinationIsNeeded() throws Exception {
        final UdpEndpoint endpoint = open();
        assertError(SocketError.EDESTADDRREQ, () -> endpoint.send(bytes(3), null));
        assertError(SocketError.EINVAL, () -> endpoint.send(bytes(3), new Endpoint(TestHost.PEER, 0)));
        assertError(
                SocketError.ENETUNREACH, () -> endpoint.send(bytes(3), new Endpoint(IpAddress.parse("192.0.2.1"), 9)));
        endpoint.connect(PEER_PORT);
        assertThat(endpoint.local().port()).isNotZero();
        assertThat(endpoint.send(bytes(3), null)).isTrue();
        endpoint.close();
        assertError(SocketError.EBADF, () -> endpoint.send(bytes(3), null));
        assertError(SocketError.EBADF, endpoint::receive);
    }

    @Test
    void aFullDeviceIsHeardOf() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        final int[] writable = new int[1];
        endpoint.observer(new UdpObserver() {
            @Override
            public void writable() {
                writable[0]++;
            }
        });
        host.link.room(0);
        final ByteBuffer payload = bytes(10);
        assertThat(endpoint.send(payload, PEER_PORT)).isFalse();
        assertThat(payload.remaining()).isEqualTo(10);
        assertThat(endpoint.isWritable()).isFalse();
        host.link.room(10);
        host.udp.poll();
        assertThat(writable[0]).isEqualTo(1);
        assertThat(endpoint.isWritable()).isTrue();
        host.udp.poll();
        assertThat(writable[0]).isEqualTo(1);
        assertThat(endpoint.send(payload, PEER_PORT)).isTrue();
    }

    @Test
    void weReachOurselves() throws Exception {
        final UdpEndpoint server = bound(7);
        final UdpEndpoint client = open();
        client.connect(new Endpoint(IpAddress.parse("127.0.0.1"), 7));
        client.send(bytes(60_000), null);
        host.internet.pollLoopback(10, host.now());
        final Datagram datagram = Objects.requireNonNull(server.receive());
        assertThat(datagram.length()).isEqualTo(60_000);
        assertThat(datagram.source()).isEqualTo(client.local());
        datagram.release();
    }

    // ---- ICMP errors

    private void unreachable(final int type, final int code, final int port, final Endpoint remote) {
        final byte[] udp = Packets.udp(TestHost.ADDRESS, port, remote.address(), remote.port(), Packets.pattern(4));
        final byte[] quoted = Packets.ipv4(TestHost.ADDRESS, remote.address(), IpProtocol.UDP, udp);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(type, code, 1_200, quoted));
    }

    @Test
    void aConnectedEndpointIsRefused() throws Exception { // RFC 1122 4.1.3.3
        final UdpEndpoint endpoint = bound(7);
        endpoint.connect(PEER_PORT);
        unreachable(3, 3, 7, PEER_PORT);
        assertThat(endpoint.isReadable()).isTrue();
        assertError(SocketError.ECONNREFUSED, endpoint::receive);
        assertThat(endpoint.receive()).as("an error is told once").isNull();
        unreachable(3, 3, 7, PEER_PORT);
        assertError(SocketError.ECONNREFUSED, () -> endpoint.send(bytes(1), null));
        assertThat(endpoint.send(bytes(1), null)).isTrue();
        unreachable(3, 3, 7, PEER_PORT);
        assertThat(endpoint.errors().take()).isEqualTo(SocketError.ECONNREFUSED);
        assertThat(endpoint.errors().take()).isNull();
    }

    @Test
    void errorsOfOthersAreNotOurs() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        endpoint.connect(PEER_PORT);
        unreachable(3, 3, 7, new Endpoint(TestHost.PEER, 4_001));
        unreachable(3, 3, 8, PEER_PORT);
        assertThat(endpoint.isReadable()).isFalse();
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(2);
    }

    @Test
    void softErrorsAreForTheObserverOnly() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        endpoint.connect(PEER_PORT);
        final List<IcmpError> heard = new ArrayList<>();
        endpoint.observer(new UdpObserver() {
            @Override
            public void icmpError(final IcmpError error) {
                heard.add(error);
            }
        });
        unreachable(3, 1, 7, PEER_PORT);
        unreachable(11, 0, 7, PEER_PORT);
        assertThat(heard).containsExactly(IcmpError.HOST_UNREACHABLE, IcmpError.TIME_EXCEEDED);
        assertThat(endpoint.isReadable()).isFalse();
    }

    @Test
    void fragmentationNeededShrinksThePath() throws Exception { // RFC 1191
        final UdpEndpoint endpoint = bound(7);
        final byte[] udp = Packets.udp(TestHost.ADDRESS, 7, TestHost.PEER, 4_000, Packets.pattern(1_400));
        final byte[] quoted = Packets.ipv4(TestHost.ADDRESS, TestHost.PEER, IpProtocol.UDP, udp);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, 1_200, Arrays.copyOf(quoted, 60)));
        endpoint.options().pathMtuPolicy(PathMtuPolicy.DO);
        assertError(SocketError.EMSGSIZE, () -> endpoint.send(bytes(1_173), PEER_PORT));
        assertThat(endpoint.send(bytes(1_172), PEER_PORT)).isTrue();
    }

    /**
     * RFC 1191 5: a router that sends no MTU and adds 20 to the total length. The packet of 1,492 bytes does not fit
     * either.
     */
    @Test
    void oldRoutersShrinkThePathStepByStep() throws Exception {
        final UdpEndpoint endpoint = bound(7);
        endpoint.options().pathMtuPolicy(PathMtuPolicy.DO);
        for (final int[] step : new int[][] {{1_500, 1_492}, {1_492, 1_006}, {1_006, 552}}) {
            assertThat(endpoint.send(bytes(step[0] - 28), PEER_PORT)).isTrue();
            final byte[] sent = host.link.takeSent().get(0);
            final byte[] quoted = Arrays.copyOfRange(sent, 14, 14 + 28);
            ByteBuffer.wrap(quoted).putShort(2, (short) (step[0] + 20));
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, 0, quoted));
            assertThat(endpoint.send(bytes(step[1] - 28), PEER_PORT)).isTrue();
            host.link.takeSent();
        }
    }
}
