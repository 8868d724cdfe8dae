package io.tapstack.icmp.v4;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.event.DropReason;
import io.tapstack.icmp.IcmpRateLimit;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.RecordingTransport;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV4EchoReplyPacket;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.namednumber.IcmpV4Code;
import org.pcap4j.packet.namednumber.IcmpV4Type;

/** RFC 792, RFC 1122 3.2.2, RFC 1812 4.3.2. */
class IcmpProtocolTest {

    private static final int PROTOCOL = 253;

    private TestHost host = TestHost.settled();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private static IcmpV4CommonPacket icmp(final EthernetPacket frame) {
        final IcmpV4CommonPacket icmp = frame.get(IcmpV4CommonPacket.class);
        assertThat(icmp.hasValidChecksum(false)).isTrue();
        return icmp;
    }

    // ---- Echo

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 55, 56, 1_471, 1_472})
    void echoComesBackUnchanged(final int length) { // RFC 1122 3.2.2.6
        final byte[] data = Packets.pattern(length);
        final byte[] request = Packets.icmp(8, 0, 0xBEEF_0007, data);
        final byte[] packet = Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, IpProtocol.ICMP, request);
        packet[1] = 0x48;
        host.receivePacket(Packets.withIpChecksum(packet));

        final EthernetPacket reply = host.sentOne();
        final IpV4Packet.IpV4Header ip = reply.get(IpV4Packet.class).getHeader();
        assertThat(reply.getHeader().getDstAddr()).hasToString("02:00:00:00:00:01");
        assertThat(ip.getSrcAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(ip.getDstAddr().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(ip.getTtlAsInt()).isEqualTo(64);
        assertThat(ip.getTos().value()).isEqualTo((byte) 0x48);
        assertThat(ip.hasValidChecksum(false)).isTrue();
        final IcmpV4CommonPacket icmp = icmp(reply);
        assertThat(icmp.getHeader().getType()).isEqualTo(IcmpV4Type.ECHO_REPLY);
        final IcmpV4EchoReplyPacket echo = reply.get(IcmpV4EchoReplyPacket.class);
        assertThat(echo.getHeader().getIdentifierAsInt()).isEqualTo(0xBEEF);
        assertThat(echo.getHeader().getSequenceNumberAsInt()).isEqualTo(7);
        final byte[] raw = icmp.getRawData();
        assertThat(Arrays.copyOfRange(raw, 8, raw.length)).isEqualTo(data);
    }

    @Test
    void checksumOfTheReplyIsRightForAnyRequest() { // RFC 1624: the incremental update has corner cases
        final SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 70_000; i++) {
            final int word = i < 65_536 ? i << 16 : random.nextInt();
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(8, 0, word, new byte[0]));
            final byte[] reply = host.link.takeSent().get(0);
            assertThat(Packets.checksum(reply, 34, reply.length, 0)).isZero();
        }
    }

    @Test
    void pingOf64KilobytesInFragmentsBothWays() {
        final byte[] data = Packets.pattern(65_507);
        final byte[] request = Packets.icmp(8, 0, 0x0001_0001, data);
        for (int from = 0; from < request.length; from += 1_480) {
            final int to = Math.min(request.length, from + 1_480);
            host.receivePacket(Packets.ipv4(
                    TestHost.PEER,
                    TestHost.ADDRESS,
                    IpProtocol.ICMP,
                    5,
                    from / 8 | (to < request.length ? 0x2000 : 0),
                    new byte[0],
                    Arrays.copyOfRange(request, from, to)));
        }
        final List<byte[]> frames = host.link.takeSent();
        assertThat(frames).hasSize(45);
        final ByteBuffer reply = ByteBuffer.allocate(request.length);
        for (final byte[] frame : frames) {
            reply.put(frame, 34, frame.length - 34);
        }
        assertThat(reply.get(0)).isZero();
        assertThat(Packets.checksum(reply.array(), 0, reply.capacity(), 0)).isZero();
        assertThat(Arrays.copyOfRange(reply.array(), 8, reply.capacity())).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "10.0.0.255", "224.0.0.1"})
    void echoToABroadcastIsNotAnswered(final String destination) { // RFC 1122 3.2.2.6, RFC 2644
        final byte[] packet = Packets.ipv4(
                TestHost.PEER, IpAddress.parse(destination), IpProtocol.ICMP, Packets.icmp(8, 0, 1, new byte[8]));
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0800, packet));
        assertThat(host.sent()).isEmpty();
        assertThat(host.drops(DropReason.ICMP_BROADCAST)).isEqualTo(1);
    }

    /**
     * RFC 792: originate is returned, the other two times are ours, and the highest bit says that they do not count
     * from midnight.
     */
    @Test
    void timestamp() {
        final byte[] data = new byte[30]; // what is behind the message is not part of it
        ByteBuffer.wrap(data).putInt(0, 12_345);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(13, 0, 0xBEEF_0007, data));
        final ByteBuffer first = ByteBuffer.wrap(icmp(host.sentOne()).getRawData());
        host.advanceSeconds(2);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(13, 0, 0xBEEF_0007, data));
        final ByteBuffer second = ByteBuffer.wrap(icmp(host.sentOne()).getRawData());
        assertThat(first.remaining()).isEqualTo(20);
        assertThat(first.getShort(0)).isEqualTo((short) 0x0E00);
        assertThat(first.getInt(4)).isEqualTo(0xBEEF_0007);
        assertThat(first.getInt(8)).isEqualTo(12_345);
        assertThat(first.getInt(12)).isNegative().isEqualTo(first.getInt(16));
        assertThat(second.getInt(12) - first.getInt(12)).isEqualTo(2_000);
        assertThat(InternetChecksum.finish(InternetChecksum.sum(first, 0, 20))).isZero();
    }

    /** RFC 1122 3.2.2.8: not to a broadcast; and not to a message that is too short. */
    @Test
    void timestampThatIsNotAnswered() {
        final byte[] request = Packets.icmp(13, 0, 1, new byte[12]);
        host.receive(Packets.ethernet(
                MacAddress.BROADCAST,
                TestHost.PEER_MAC,
                0x0800,
                Packets.ipv4(TestHost.PEER, IpAddress.parse("255.255.255.255"), IpProtocol.ICMP, request)));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(13, 0, 1, new byte[11]));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(14, 0, 1, new byte[12]));
        assertThat(host.sent()).isEmpty();
        assertThat(host.drops(DropReason.ICMP_BROADCAST)).isEqualTo(1);
        assertThat(host.drops(DropReason.ICMP_TOO_SHORT)).isEqualTo(1);
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(1);
    }

    /** RFC 3168 5: a mark is not sent back. */
    @Test
    void echoHasNoEcnBits() {
        final byte[] packet =
                Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, IpProtocol.ICMP, Packets.icmp(8, 0, 1, new byte[8]));
        packet[1] = 0x4B;
        host.receivePacket(Packets.withIpChecksum(packet));
        assertThat(host.sentOne().get(IpV4Packet.class).getHeader().getTos().value())
                .isEqualTo((byte) 0x48);
    }

    @Test
    void badMessagesAreCounted() {
        final byte[] wrong = Packets.icmp(8, 0, 1, new byte[8]);
        wrong[12] ^= 1;
        host.receiveFromPeer(IpProtocol.ICMP, wrong);
        assertThat(host.drops(DropReason.ICMP_CHECKSUM)).isEqualTo(1);
        host.receiveFromPeer(IpProtocol.ICMP, new byte[7]);
        assertThat(host.drops(DropReason.ICMP_TOO_SHORT)).isEqualTo(1);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(0, 0, 1, new byte[8]));
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(1);
        for (final int type : new int[] {4, 5, 9, 15, 17, 42, 255}) {
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(type, 0, 1, new byte[40]));
        }
        assertThat(host.drops(DropReason.ICMP_UNKNOWN_TYPE)).isEqualTo(7);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void aFullDeviceLosesTheReplyButCountsIt() {
        host.link.room(0);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(8, 0, 1, new byte[8]));
        assertThat(host.drops(DropReason.LINK_FULL)).isEqualTo(1);
        host.link.room(10);
    }

    // ---- Errors that we send

    private byte[] packetForNobody(final int length) {
        return Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, Packets.pattern(length));
    }

    @ParameterizedTest
    @CsvSource({"0, 20", "8, 28", "528, 548", "529, 548", "1480, 548"})
    void quotesAsMuchAsFitsIn576Bytes(final int payload, final int quoted) { // RFC 1812 4.3.2.3
        final byte[] packet = packetForNobody(payload);
        host.receivePacket(packet);
        final byte[] sent = host.link.takeSent().get(0);
        assertThat(sent).hasSize(14 + 20 + 8 + quoted);
        assertThat(Arrays.copyOfRange(sent, 42, sent.length)).isEqualTo(Arrays.copyOf(packet, quoted));
        assertThat(Packets.checksum(sent, 34, sent.length, 0)).isZero();
        assertThat(sent[15]).as("RFC 1812 4.3.2.5: precedence").isEqualTo((byte) 0xC0);
        assertThat(Arrays.copyOfRange(sent, 26, 30)).as("RFC 1122 3.2.2").isEqualTo(TestHost.ADDRESS.toBytes());
    }

    @Test
    void neverAboutAnIcmpError() { // RFC 1122 3.2.2
        // A malformed option would cause a parameter problem, but not in a packet with an ICMP error.
        final byte[] options = {7, 1, 0, 0};
        for (final int type : new int[] {3, 4, 5, 11, 12, 42}) {
            host.receivePacket(Packets.ipv4(
                    TestHost.PEER,
                    TestHost.ADDRESS,
                    IpProtocol.ICMP,
                    1,
                    0,
                    options,
                    Packets.icmp(type, 0, 0, new byte[40])));
        }
        assertThat(host.sent()).isEmpty();
        host.receivePacket(Packets.ipv4(
                TestHost.PEER, TestHost.ADDRESS, IpProtocol.ICMP, 1, 0, options, Packets.icmp(8, 0, 0, new byte[40])));
        assertThat(host.link.takeSent()).as("about a query it may").hasSize(1);
    }

    @Test
    void neverAboutAFragmentThatIsNotTheFirst() { // RFC 1122 3.2.2
        final byte[] options = {7, 1, 0, 0};
        host.receivePacket(
                Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, 1, 0x2001, options, Packets.pattern(16)));
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void errorsAreRateLimitedForEachDestination() { // RFC 1812 4.3.2.8
        host = new TestHost(
                        TestLink.ethernet(),
                        ArpConfig.DEFAULT,
                        new IcmpRates(1_000, 1_000, 2, 5),
                        ReassemblyLimits.DEFAULT)
                .settle();
        for (int i = 0; i < 100; i++) {
            host.receivePacket(packetForNobody(8));
        }
        assertThat(host.sent()).hasSize(5);
        assertThat(host.drops(DropReason.ICMP_RATE_LIMITED)).isEqualTo(95);
        for (int second = 0; second < 10; second++) {
            host.advanceSeconds(1);
            for (int i = 0; i < 10; i++) {
                host.receivePacket(packetForNobody(8));
            }
            assertThat(host.sent()).hasSize(2);
        }
        host.advanceSeconds(1_000);
        host.knowPeer();
        for (int i = 0; i < 100; i++) {
            host.receivePacket(packetForNobody(8));
        }
        assertThat(host.sent()).as("the bucket is full again, and no fuller").hasSize(5);
    }

    @Test
    void errorsAreRateLimitedInAll() {
        final IcmpRateLimit limit = new IcmpRateLimit(new IcmpRates(100, 10, 1, 5), new SplittableRandom(10), 0);
        int allowed = 0;
        for (int destination = 0; destination < 1_000; destination++) {
            allowed += limit.allows(0, destination, 0) ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(10);
        for (long now = 0; now < 1_000_000_000L; now += 1_000_000) {
            allowed += limit.allows(0, now, now) ? 1 : 0;
        }
        assertThat(allowed).isBetween(100, 110);
    }

    // ---- Errors that we receive

    private RecordingTransport record() {
        final RecordingTransport transport = new RecordingTransport();
        host.internet.register(PROTOCOL, transport);
        return transport;
    }

    /** A packet of ours, as a router quotes it. */
    private static byte[] quoted(final int payload) {
        return Packets.ipv4(TestHost.ADDRESS, TestHost.PEER, PROTOCOL, Packets.pattern(payload));
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0, NET_UNREACHABLE",
        "3, 1, HOST_UNREACHABLE",
        "3, 2, PROTOCOL_UNREACHABLE",
        "3, 3, PORT_UNREACHABLE",
        "3, 5, SOURCE_ROUTE_FAILED",
        "3, 6, NET_REFUSED",
        "3, 7, HOST_UNREACHABLE",
        "3, 9, NET_REFUSED",
        "3, 10, HOST_REFUSED",
        "3, 13, HOST_REFUSED",
        "11, 0, TIME_EXCEEDED",
        "11, 1, TIME_EXCEEDED",
        "12, 0, PARAMETER_PROBLEM"
    })
    void anErrorReachesItsTransport(final int type, final int code, final IcmpError error) { // RFC 1122 3.2.2.1
        final RecordingTransport transport = record();
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(type, code, 0, quoted(8)));
        assertThat(transport.errors).hasSize(1);
        final RecordingTransport.Error told = transport.errors.get(0);
        assertThat(told.error()).isEqualTo(error);
        assertThat(told.mtu()).isZero();
        assertThat(told.source()).isEqualTo(TestHost.ADDRESS);
        assertThat(told.destination()).isEqualTo(TestHost.PEER);
        assertThat(told.quoted()).isEqualTo(Packets.pattern(8));
    }

    @ParameterizedTest
    @CsvSource({
        "1400, 1500, 1400",
        "0, 1520, 1492",
        "0, 1500, 1006",
        "0, 1492, 1006",
        "0, 1000, 508",
        "68, 1500, 68",
        "1499, 1500, 1499",
        "1480, 1480, 1480",
        "1499, 1480, 1499",
        "1280, 5, 1280",
        "1000, 0, 1000",
        "1400, 1400, 1400",
        "1400, 65535, 1400"
    })
    void fragmentationNeededTellsTheMtu(final int told, final int length, final int expected) { // RFC 1191 4, 5
        final RecordingTransport transport = record();
        final byte[] packet = quoted(100);
        ByteBuffer.wrap(packet).putShort(2, (short) length);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, told, packet));
        assertThat(transport.errors.get(0).error()).isEqualTo(IcmpError.FRAGMENTATION_NEEDED);
        assertThat(transport.errors.get(0).mtu()).isEqualTo(expected);
    }

    /**
     * RFC 1191 5 and 7: a router that sends no MTU, and quotes the total length unchanged, or with the header's length
     * added (4.2BSD), or with its bytes swapped, or not at all. Every message makes progress, for every transport.
     */
    @ParameterizedTest
    @CsvSource({
        "1480, AS_SENT, 1006",
        "1480, BSD, 1492 1006",
        "1480, SWAPPED, 1492 1006",
        "1480, ZERO, 1492 1006",
        "1006, AS_SENT, 1006",
        "1006, BSD, 1492 1006",
        "576, AS_SENT, 1006 552",
        "576, BSD, 1492 1006 552",
        "576, SWAPPED, 1492 1006 552",
        "296, AS_SENT, 1006 552",
        "296, BSD, 1492 1006 552",
        "68, AS_SENT, 1006 552",
        "68, BSD, 1492 1006 552",
        "68, ZERO, 1492 1006 552",
    })
    void oldRouters(final int linkMtu, final Quote quote, final String estimates) {
        final RecordingTransport transport = record();
        final IpPath path = Objects.requireNonNull(host.ipv4.path(TestHost.ADDRESS, TestHost.PEER));
        final List<String> seen = new ArrayList<>();
        // Below 552 bytes packets are sent without "don't fragment", and there are no more messages.
        while (path.mtu() > Math.max(linkMtu, 552)) {
            final byte[] packet = quoted(100);
            ByteBuffer.wrap(packet).putShort(2, (short) quote.length(path.mtu()));
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, 0, packet));
            path.reduceMtu(transport.errors.get(seen.size()).mtu());
            seen.add(Integer.toString(path.mtu()));
        }
        assertThat(String.join(" ", seen)).isEqualTo(estimates);
    }

    /** The total length in the packet that a router quotes. */
    enum Quote {
        AS_SENT,
        BSD,
        SWAPPED,
        ZERO;

        int length(final int sent) {
            return switch (this) {
                case AS_SENT -> sent;
                case BSD -> sent + 20;
                case SWAPPED -> (sent & 0xFF) << 8 | sent >> 8;
                case ZERO -> 0;
            };
        }
    }

    /** Further messages about packets that were sent before the first one arrived tell nothing new. */
    @ParameterizedTest
    @CsvSource({"1500, 1006", "1520, 1492"})
    void messagesOfOldRoutersAboutTheSameFlight(final int length, final int expected) {
        final RecordingTransport transport = record();
        final IpPath path = Objects.requireNonNull(host.ipv4.path(TestHost.ADDRESS, TestHost.PEER));
        final byte[] packet = quoted(100);
        ByteBuffer.wrap(packet).putShort(2, (short) length);
        for (int i = 0; i < 10; i++) {
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, 0, packet));
            path.reduceMtu(transport.errors.get(i).mtu());
            assertThat(path.mtu()).isEqualTo(expected);
        }
    }

    /** A message about a packet that was sent before the estimate was reduced is reported, too (RFC 1122 3.2.2.1). */
    @ParameterizedTest
    @CsvSource({"1400, 1500, true", "1400, 1400, false", "1450, 1500, true", "1400, 65535, false", "1399, 0, true"})
    void fragmentationNeededBelowALoweredEstimate(final int told, final int length, final boolean sensible) {
        final RecordingTransport transport = record();
        Objects.requireNonNull(host.ipv4.path(TestHost.ADDRESS, TestHost.PEER)).reduceMtu(1_400);
        final byte[] packet = quoted(100);
        ByteBuffer.wrap(packet).putShort(2, (short) length);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, told, packet));
        assertThat(transport.errors).hasSize(sensible ? 1 : 0);
    }

    /** RFC 5927 7.2: less than every link takes, or no less than we send: only a forger says so. */
    @ParameterizedTest
    @CsvSource({"1500, 1500", "1500, 1520", "9000, 1400", "5, 1500", "67, 1500", "0, 68"})
    void fragmentationNeededThatMakesNoSense(final int told, final int length) {
        final RecordingTransport transport = record();
        final byte[] packet = quoted(100);
        ByteBuffer.wrap(packet).putShort(2, (short) length);
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 4, told, packet));
        assertThat(transport.errors).isEmpty();
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(1);
    }

    @Test
    void errorsAboutWhatIsNotOursAreIgnored() {
        final RecordingTransport transport = record();
        final byte[] notOurs = Packets.ipv4(TestHost.OTHER, TestHost.PEER, PROTOCOL, Packets.pattern(8));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 3, 0, notOurs));
        final byte[] otherProtocol = Packets.ipv4(TestHost.ADDRESS, TestHost.PEER, 99, Packets.pattern(8));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 3, 0, otherProtocol));
        final byte[] fragment =
                Packets.ipv4(TestHost.ADDRESS, TestHost.PEER, PROTOCOL, 1, 5, new byte[0], Packets.pattern(8));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 3, 0, fragment));
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 99, 0, quoted(8)));
        final byte[] version6 = quoted(8);
        version6[0] = 0x65;
        host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 3, 0, version6));
        assertThat(host.drops(DropReason.ICMP_UNMATCHED)).isEqualTo(5);
        for (int length = 0; length < 28; length++) {
            host.receiveFromPeer(IpProtocol.ICMP, Packets.icmp(3, 3, 0, Arrays.copyOf(quoted(8), length)));
        }
        assertThat(host.drops(DropReason.ICMP_TOO_SHORT)).isEqualTo(28);
        assertThat(transport.errors).isEmpty();
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void aNeighborThatDoesNotAnswerIsReportedToTheTransport() { // RFC 1122 2.3.2.2: as if by ICMP
        final RecordingTransport transport = record();
        final var path = java.util.Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, TestHost.OTHER));
        final var packet = host.pool.packet(200, path.headroom());
        packet.memory().bytes().put(packet.append(16), Packets.pattern(16));
        path.send(packet, PROTOCOL, 0, 64, true);
        host.advanceSeconds(2.9);
        assertThat(transport.errors).isEmpty();
        host.advanceSeconds(0.1);
        assertThat(transport.errors).hasSize(1);
        assertThat(transport.errors.get(0).error()).isEqualTo(IcmpError.HOST_UNREACHABLE);
        assertThat(transport.errors.get(0).destination()).isEqualTo(TestHost.OTHER);
        assertThat(transport.errors.get(0).quoted()).isEqualTo(Packets.pattern(16));
    }

    @Test
    void codesAreThoseOfTheRegistry() {
        host.receivePacket(packetForNobody(8));
        assertThat(icmp(host.sentOne()).getHeader().getCode()).isEqualTo(IcmpV4Code.PROTOCOL_UNREACHABLE);
        host.receiveFromPeer(IpProtocol.UDP, Packets.udp(TestHost.PEER, 1, TestHost.ADDRESS, 9, new byte[0]));
        assertThat(icmp(host.sentOne()).getHeader().getCode()).isEqualTo(IcmpV4Code.PORT_UNREACHABLE);
    }
}
