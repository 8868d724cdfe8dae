package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ethernet framing (RFC 894), and links without it. */
class NetworkInterfaceTest {

    private static final byte[] PING = Packets.ipv4(
            TestHost.PEER, TestHost.ADDRESS, IpProtocol.ICMP, Packets.icmp(8, 0, 0x0001_0001, Packets.pattern(56)));

    private final TestHost host = TestHost.settled();

    @Test
    void shortFramesAreDropped() {
        for (int length = 0; length < 14; length++) {
            host.receive(new byte[length]);
        }
        assertThat(host.drops(DropReason.ETHERNET_TOO_SHORT)).isEqualTo(14);
        host.assertNothingLeaked();
    }

    @Test
    void onlyFramesForUsBroadcastsAndGroupsAreTaken() {
        host.receive(Packets.ethernet(TestHost.OTHER_MAC, TestHost.PEER_MAC, 0x0800, PING));
        assertThat(host.drops(DropReason.ETHERNET_NOT_FOR_US)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
        host.receive(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0800, PING));
        assertThat(host.sent()).hasSize(1);
        host.assertNothingLeaked();
    }

    @Test
    void aUnicastPacketInABroadcastFrameIsDropped() { // RFC 1122 3.3.6
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0800, PING));
        host.receive(Packets.ethernet(MacAddress.parse("01:00:5e:00:00:01"), TestHost.PEER_MAC, 0x0800, PING));
        assertThat(host.drops(DropReason.IP_UNICAST_IN_BROADCAST)).isEqualTo(2);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void aGroupAddressIsNoSource() { // IEEE 802.3 3.2.3
        host.receive(Packets.ethernet(TestHost.MAC, MacAddress.BROADCAST, 0x0800, PING));
        assertThat(host.drops(DropReason.ETHERNET_SOURCE_GROUP)).isEqualTo(1);
    }

    @Test
    void unknownTypesAreCounted() {
        host.receive(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x86DD, new byte[60]));
        host.receive(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 46, new byte[46]));
        assertThat(host.drops(DropReason.ETHERNET_UNKNOWN_TYPE)).isEqualTo(2);
    }

    private static byte[] tagged(final int control, final int etherType, final byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putShort((short) control)
                .putShort((short) etherType)
                .put(payload)
                .array();
    }

    private void receiveTagged(final int tpid, final byte[] behindTheType) {
        host.receive(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, tpid, behindTheType));
    }

    /** IEEE 802.1Q 9.6: VLAN identifier 0 means that the frame is in no VLAN; priority and DEI are ignored. */
    @ParameterizedTest
    @CsvSource({"8100, 0000", "8100, e000", "8100, f000", "8100, 1000", "88a8, 0000", "88a8, 2000"})
    void aPriorityTagIsSkipped(final String tpid, final String control) {
        final int type = Integer.parseInt(tpid, 16);
        final int bits = Integer.parseInt(control, 16);
        receiveTagged(type, tagged(bits, 0x0800, PING));
        assertThat(host.sentOne().getRawData()).as("the answer has no tag").hasSize(14 + PING.length);

        receiveTagged(
                type,
                tagged(
                        bits,
                        0x0806,
                        Packets.arp(
                                Packets.ARP_REQUEST,
                                TestHost.OTHER_MAC,
                                TestHost.OTHER,
                                MacAddress.ZERO,
                                TestHost.ADDRESS)));
        assertThat(host.sentOne().getRawData()[21]).as("ARP reply").isEqualTo((byte) 2);
        assertThat(host.statistics.drops()).isZero();
        host.assertNothingLeaked();
    }

    @Test
    void priorityTagsCanBeNested() { // as on Linux
        final byte[] inner = tagged(0xE000, 0x0800, PING);
        receiveTagged(0x8100, tagged(0, 0x8100, inner));
        receiveTagged(0x88A8, tagged(0, 0x8100, tagged(0, 0x88A8, inner)));
        assertThat(host.sent()).hasSize(2);
        assertThat(host.statistics.drops()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0xFFF, 0xE001, 0x800, 0xF064})
    void aFrameInAVlanIsDropped(final int control) {
        receiveTagged(0x8100, tagged(control, 0x0800, PING));
        receiveTagged(0x88A8, tagged(control, 0x0806, new byte[28]));
        receiveTagged(0x8100, tagged(0, 0x8100, tagged(control, 0x0800, PING)));
        assertThat(host.drops(DropReason.ETHERNET_VLAN)).isEqualTo(3);
        assertThat(host.statistics.drops()).isEqualTo(3);
        assertThat(host.sent()).isEmpty();
        host.assertNothingLeaked();
    }

    @Test
    void aFrameThatEndsInATagIsTooShort() {
        final byte[] whole =
                Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x8100, tagged(0, 0x8100, tagged(0, 0x0800, PING)));
        for (int length = 14; length < 22; length++) {
            host.receive(Arrays.copyOf(whole, length));
        }
        assertThat(host.drops(DropReason.ETHERNET_TOO_SHORT)).isEqualTo(8);
        assertThat(host.statistics.drops()).isEqualTo(8);
        host.assertNothingLeaked();
    }

    /** The headers are at odd offsets for the code that sums and reassembles. */
    @Test
    void taggedFragmentsAreReassembled() {
        final byte[] ping = Packets.icmp(8, 0, 0x0001_0001, Packets.pattern(56));
        for (int from = 0; from < 64; from += 32) {
            final byte[] fragment = Packets.ipv4(
                    TestHost.PEER,
                    TestHost.ADDRESS,
                    IpProtocol.ICMP,
                    7,
                    from / 8 | (from == 0 ? 0x2000 : 0),
                    new byte[0],
                    Arrays.copyOfRange(ping, from, from + 32));
            receiveTagged(0x8100, tagged(0, 0x0800, fragment));
        }
        assertThat(host.sentOne().getRawData()).hasSize(14 + PING.length);
    }

    @Test
    void framesAndBytesAreCounted() {
        final long before = host.statistics.framesReceived;
        final long bytesBefore = host.statistics.bytesReceived;
        host.receive(new byte[5]);
        host.receivePacket(PING);
        assertThat(host.statistics.framesReceived - before).isEqualTo(2);
        assertThat(host.statistics.bytesReceived - bytesBefore).isEqualTo(5 + 14 + PING.length);
    }

    @Test
    void aLinkWithoutEthernetHasNoHeaderAndNoArp() {
        final TestHost bare = new TestHost(new TestLink(LinkCapabilities.plain(LinkType.IP, 1_400)));
        assertThat(bare.ipv4Interface.arp()).isNull();
        bare.advanceSeconds(10);
        assertThat(bare.link.takeSent()).isEmpty();
        bare.receive(PING);
        final byte[] reply = bare.link.takeSent().get(0);
        assertThat(reply[0]).isEqualTo((byte) 0x45);
        assertThat(reply).hasSize(PING.length);
        bare.assertNothingLeaked();
    }

    @Test
    void broadcastsAndGroupsNeedNoArp() { // RFC 1112 6.4
        for (final String[] pair : new String[][] {
            {"255.255.255.255", "ff:ff:ff:ff:ff:ff"},
            {"10.0.0.255", "ff:ff:ff:ff:ff:ff"},
            {"224.0.0.251", "01:00:5e:00:00:fb"},
            {"239.129.2.3", "01:00:5e:01:02:03"}
        }) {
            final IpPath path =
                    Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.parse(pair[0])), pair[0]);
            final PacketBuffer packet = host.pool.packet(200, path.headroom());
            packet.append(20);
            assertThat(path.send(packet, IpProtocol.UDP, 0, 1, false)).isEqualTo(SendStatus.SENT);
            assertThat(host.sentOne().getHeader().getDstAddr()).hasToString(pair[1]);
        }
        host.assertNothingLeaked();
    }

    @Test
    void aDeviceThatIsGoneMakesTheWorldUnreachable() {
        host.link.fail(new IOException("gone"));
        assertThat(host.networkInterface.poll(10, 0)).isZero();
        assertThat(host.networkInterface.isDown()).isTrue();
        assertThat(host.networkInterface.failure()).hasMessage("gone");
        final IpPath path = Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, TestHost.PEER));
        final PacketBuffer packet = host.pool.packet(200, path.headroom());
        packet.append(20);
        assertThat(path.send(packet, IpProtocol.UDP, 0, 1, false)).isEqualTo(SendStatus.UNREACHABLE);
        host.assertNothingLeaked();
    }

    @Test
    void pollKeepsItsBudget() {
        for (int i = 0; i < 10; i++) {
            host.link.inject(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0800, PING));
        }
        assertThat(host.networkInterface.poll(4, 0)).isEqualTo(4);
        assertThat(host.sent()).hasSize(4);
        assertThat(host.networkInterface.poll(100, 0)).isEqualTo(6);
    }
}
