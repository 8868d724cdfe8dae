package io.tapstack.ip.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tapstack.event.DropReason;
import io.tapstack.ip.RecordingTransport;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.namednumber.IcmpV4Code;
import org.pcap4j.packet.namednumber.IcmpV4Type;

/** RFC 791 and RFC 1122 3.2.1: accepted and refused packets. */
class Ipv4InputTest {

    private static final int PROTOCOL = 253; // for experiments (RFC 3692)
    private static final byte[] PAYLOAD = Packets.pattern(40);

    private final TestHost host = TestHost.settled();
    private final RecordingTransport transport = new RecordingTransport();

    Ipv4InputTest() {
        host.internet.register(PROTOCOL, transport);
    }

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private static byte[] packet(final Consumer<byte[]> change) {
        final byte[] packet = Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, PAYLOAD);
        change.accept(packet);
        return packet;
    }

    private static byte[] checked(final Consumer<byte[]> change) {
        return Packets.withIpChecksum(packet(change));
    }

    private static void length(final byte[] packet, final int totalLength) {
        packet[2] = (byte) (totalLength >>> 8);
        packet[3] = (byte) totalLength;
    }

    private static byte[] from(final String source) {
        return Packets.ipv4(IpAddress.parse(source), TestHost.ADDRESS, PROTOCOL, PAYLOAD);
    }

    private static byte[] to(final String destination) {
        return Packets.ipv4(TestHost.PEER, IpAddress.parse(destination), PROTOCOL, PAYLOAD);
    }

    static Stream<Arguments> badPackets() {
        return Stream.of(
                arguments("no bytes", new byte[0], DropReason.IP_TOO_SHORT),
                arguments("19 bytes", Arrays.copyOf(packet(p -> {}), 19), DropReason.IP_TOO_SHORT),
                arguments("version 6", checked(p -> p[0] = 0x65), DropReason.IP_VERSION),
                arguments("version 0", checked(p -> p[0] = 0x05), DropReason.IP_VERSION),
                arguments("IHL 4", checked(p -> p[0] = 0x44), DropReason.IP_HEADER_LENGTH),
                arguments(
                        "IHL beyond the frame",
                        Packets.withIpChecksum(Arrays.copyOf(checked(p -> p[0] = 0x4F), 40)),
                        DropReason.IP_HEADER_LENGTH),
                arguments("total length beyond the frame", checked(p -> length(p, 61)), DropReason.IP_TOTAL_LENGTH),
                arguments("total length below the header", checked(p -> length(p, 19)), DropReason.IP_TOTAL_LENGTH),
                arguments("total length zero", checked(p -> length(p, 0)), DropReason.IP_TOTAL_LENGTH),
                arguments("checksum", packet(p -> p[10] ^= 1), DropReason.IP_CHECKSUM),
                arguments("time to live changed without checksum", packet(p -> p[8]--), DropReason.IP_CHECKSUM),
                arguments("source zero", from("0.0.0.0"), DropReason.IP_SOURCE_INVALID),
                arguments("source in net zero", from("0.1.2.3"), DropReason.IP_SOURCE_INVALID),
                arguments("source loopback", from("127.0.0.1"), DropReason.IP_SOURCE_INVALID),
                arguments("source multicast", from("224.0.0.1"), DropReason.IP_SOURCE_INVALID),
                arguments("source limited broadcast", from("255.255.255.255"), DropReason.IP_SOURCE_INVALID),
                arguments("source directed broadcast", from("10.0.0.255"), DropReason.IP_SOURCE_INVALID),
                arguments("source ourselves", from("10.0.0.2"), DropReason.IP_SOURCE_INVALID),
                arguments("to another host", to("10.0.0.3"), DropReason.IP_NOT_FOR_US),
                arguments("to another net", to("192.0.2.1"), DropReason.IP_NOT_FOR_US),
                arguments("to loopback", to("127.0.0.1"), DropReason.IP_NOT_FOR_US),
                arguments("to zero", to("0.0.0.0"), DropReason.IP_NOT_FOR_US),
                arguments("to a group that we are not in", to("224.0.0.251"), DropReason.IP_NOT_FOR_US));
    }

    /** RFC 1122 3.2.1.3, RFC 9293 3.9.2.3 (MUST-63): invalid source addresses among others. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("badPackets")
    void isDroppedWithItsReason(final String name, final byte[] packet, final DropReason reason) {
        host.receivePacket(packet);
        assertThat(transport.packets).isEmpty();
        assertThat(host.statistics.drops()).isEqualTo(1);
        assertThat(host.drops(reason)).isEqualTo(1);
        assertThat(host.sent()).as("RFC 1122 3.2.1: discarded in silence").isEmpty();
    }

    @Test
    void goodPacketArrives() {
        host.receivePacket(checked(p -> {
            p[1] = 0x2E;
            p[8] = 33;
        }));
        assertThat(transport.packets).hasSize(1);
        final RecordingTransport.Received received = transport.packets.get(0);
        assertThat(received.source()).isEqualTo(TestHost.PEER);
        assertThat(received.destination()).isEqualTo(TestHost.ADDRESS);
        assertThat(received.trafficClass()).isEqualTo(0x2E);
        assertThat(received.timeToLive()).isEqualTo(33);
        assertThat(received.unicast()).isTrue();
        assertThat(received.payload()).isEqualTo(PAYLOAD);
    }

    /** 240.0.0.0/4 numbers hosts, except 255.255.255.255. */
    @ParameterizedTest
    @ValueSource(strings = {"240.0.0.0", "240.0.0.1", "247.8.9.10", "255.255.255.254", "255.0.0.1"})
    void classEIsUnicast(final String source) {
        host.receivePacket(from(source));
        assertThat(transport.packets.get(0).source()).isEqualTo(IpAddress.parse(source));
        assertThat(transport.packets.get(0).unicast()).isTrue();
    }

    @Test
    void paddingOfAShortFrameIsCutOff() {
        final byte[] packet = Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, new byte[] {1, 2, 3});
        host.receivePacket(Arrays.copyOf(packet, 46));
        assertThat(transport.packets.get(0).payload()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255})
    void timeToLiveMeansNothingToTheHostThatItIsFor(final int timeToLive) { // RFC 1122 3.2.1.7
        host.receivePacket(checked(p -> p[8] = (byte) timeToLive));
        assertThat(transport.packets).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "10.0.0.255", "224.0.0.1"})
    void broadcastsAndAllHostsArrive(final String destination) {
        final byte[] packet = to(destination);
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0800, packet));
        assertThat(transport.packets).hasSize(1);
        assertThat(transport.packets.get(0).unicast()).isFalse();
        host.receivePacket(packet);
        assertThat(transport.packets.get(1).unicast())
                .as("in a unicast frame, too")
                .isFalse();
    }

    @Test
    void unknownProtocolIsReported() { // RFC 1122 3.2.2.1
        host.receivePacket(Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, 254, PAYLOAD));
        final IcmpV4CommonPacket.IcmpV4CommonHeader header =
                host.sentOne().get(IcmpV4CommonPacket.class).getHeader();
        assertThat(header.getType()).isEqualTo(IcmpV4Type.DESTINATION_UNREACHABLE);
        assertThat(header.getCode()).isEqualTo(IcmpV4Code.PROTOCOL_UNREACHABLE);
        assertThat(host.drops(DropReason.IP_UNKNOWN_PROTOCOL)).isEqualTo(1);
    }

    @Test
    void unknownProtocolInABroadcastIsNotReported() { // RFC 1122 3.2.2
        final byte[] packet = Packets.ipv4(TestHost.PEER, IpAddress.BROADCAST_IPV4, 254, PAYLOAD);
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0800, packet));
        assertThat(host.sent()).isEmpty();
    }

    // ---- Options

    private byte[] withOptions(final int... options) {
        final byte[] bytes = new byte[(options.length + 3) / 4 * 4];
        for (int i = 0; i < options.length; i++) {
            bytes[i] = (byte) options[i];
        }
        return Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, 1, 0, bytes, PAYLOAD);
    }

    static Stream<Arguments> goodOptions() {
        return Stream.of(
                arguments("no operation", new int[] {1, 1, 1, 1}),
                arguments("end, rest is padding", new int[] {0, 99, 99, 99}),
                arguments("record route", new int[] {7, 7, 4, 0, 0, 0, 0}),
                arguments("timestamp", new int[] {68, 8, 5, 0, 0, 0, 0, 0}),
                arguments("router alert", new int[] {148, 4, 0, 0}),
                arguments("unknown", new int[] {200, 4, 1, 2}),
                arguments("the largest number that fits", filled(40)));
    }

    private static int[] filled(final int length) {
        final int[] options = new int[length];
        Arrays.fill(options, 1);
        return options;
    }

    /** RFC 9293 3.9.2, MUST-50; without the timestamp (MAY-10) and record route (MAY-11). */
    @ParameterizedTest(name = "{0}")
    @MethodSource("goodOptions")
    void optionsAreSkipped(final String name, final int[] options) {
        host.receivePacket(withOptions(options));
        assertThat(transport.packets).hasSize(1);
        assertThat(transport.packets.get(0).payload()).isEqualTo(PAYLOAD);
    }

    static Stream<Arguments> badOptions() {
        return Stream.of(
                arguments("length zero", new int[] {200, 0, 0, 0}, 21),
                arguments("length one", new int[] {7, 1, 0, 0}, 21),
                arguments("longer than the header", new int[] {200, 5, 0, 0}, 21),
                arguments("no room for a length", new int[] {1, 1, 1, 200}, 23),
                arguments("no room for the pointer", new int[] {1, 1, 7, 2}, 23),
                arguments("length 255", new int[] {1, 68, 255, 5}, 22));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badOptions")
    void malformedOptionIsAParameterProblem(final String name, final int[] options, final int pointer) {
        host.receivePacket(withOptions(options)); // RFC 1122 3.2.2.5
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.IP_OPTIONS_MALFORMED)).isEqualTo(1);
        // The decoder fails at the quoted option, so the packet is read by hand.
        final byte[] sent = host.link.takeSent().get(0);
        final int icmp = 14 + 20;
        assertThat(sent[icmp]).isEqualTo((byte) 12);
        assertThat(sent[icmp + 1]).isZero();
        assertThat(sent[icmp + 4]).isEqualTo((byte) pointer);
        assertThat(Packets.checksum(sent, icmp, sent.length, 0)).isZero();
    }

    /** RFC 7126 4.3, 4.4, in place of RFC 9293 3.9.2.1, MUST-53 and SHLD-24. */
    @ParameterizedTest
    @ValueSource(ints = {131, 137})
    void sourceRoutesAreRefused(final int type) {
        host.receivePacket(withOptions(type, 7, 4, 10, 0, 0, 9));
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.IP_SOURCE_ROUTE)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }
}
