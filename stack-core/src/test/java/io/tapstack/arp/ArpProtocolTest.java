package io.tapstack.arp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.ArpPacket.ArpHeader;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.namednumber.ArpOperation;

/** RFC 826, and what RFC 1122 2.3.2 and RFC 5227 add to it. */
class ArpProtocolTest {

    private final TestHost host = new TestHost();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private static ArpHeader arp(final EthernetPacket frame) {
        return frame.get(org.pcap4j.packet.ArpPacket.class).getHeader();
    }

    private Neighbor neighbor(final IpAddress address) {
        final Neighbor neighbor = host.arp().neighbors().find(address);
        assertThat(neighbor).isNotNull();
        return neighbor;
    }

    @Test
    void announcesItsAddressTwiceTwoSecondsApart() { // RFC 5227 2.3
        final EthernetPacket first = host.sentOne();
        assertThat(first.getHeader().getDstAddr().toString()).isEqualTo("ff:ff:ff:ff:ff:ff");
        final ArpHeader arp = arp(first);
        assertThat(arp.getOperation()).isEqualTo(ArpOperation.REQUEST);
        assertThat(arp.getSrcProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(arp.getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(arp.getSrcHardwareAddr().toString()).isEqualTo("02:00:00:00:00:02");

        host.advanceSeconds(1.999);
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(0.001);
        assertThat(arp(host.sentOne()).getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        host.advanceSeconds(60);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void answersARequestForItsAddressAndLearnsTheSender() { // RFC 826 "Packet Reception"
        host.settle();
        host.arp().neighbors().clear();
        host.receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS));

        final EthernetPacket reply = host.sentOne();
        assertThat(reply.getHeader().getDstAddr().toString()).isEqualTo("02:00:00:00:00:01");
        final ArpHeader arp = arp(reply);
        assertThat(arp.getOperation()).isEqualTo(ArpOperation.REPLY);
        assertThat(arp.getSrcHardwareAddr().toString()).isEqualTo("02:00:00:00:00:02");
        assertThat(arp.getSrcProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(arp.getDstHardwareAddr().toString()).isEqualTo("02:00:00:00:00:01");
        assertThat(arp.getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(neighbor(TestHost.PEER).state()).isEqualTo(NeighborState.STALE);
        assertThat(neighbor(TestHost.PEER).mac()).isEqualTo(TestHost.PEER_MAC.bits());
    }

    @Test
    void answersAProbeButLearnsNothingFromIt() { // RFC 5227 2.1: the sender address of a probe is zero
        host.settle();
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, IpAddress.ANY_IPV4, TestHost.ADDRESS));
        assertThat(arp(host.sentOne()).getOperation()).isEqualTo(ArpOperation.REPLY);
        assertThat(host.arp().neighbors().find(IpAddress.ANY_IPV4)).isNull();
    }

    @Test
    void requestForSomebodyElseUpdatesAnEntryButMakesNone() { // RFC 826: Merge_flag
        host.settle();
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.PEER, TestHost.OTHER));
        assertThat(host.sent()).isEmpty();
        assertThat(neighbor(TestHost.PEER).mac()).isEqualTo(TestHost.OTHER_MAC.bits());
        assertThat(neighbor(TestHost.PEER).state()).isEqualTo(NeighborState.STALE);

        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.OTHER, TestHost.PEER));
        assertThat(host.arp().neighbors().find(TestHost.OTHER)).isNull();
        assertThat(host.drops(DropReason.ARP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void gratuitousAnnouncementUpdatesOnlyWhatIsKnown() {
        host.settle();
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.PEER, TestHost.PEER));
        assertThat(neighbor(TestHost.PEER).mac()).isEqualTo(TestHost.OTHER_MAC.bits());
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.OTHER, TestHost.OTHER));
        assertThat(host.arp().neighbors().find(TestHost.OTHER)).isNull();
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void unaskedReplyMakesNoEntry() {
        host.settle();
        host.receive(TestHost.arpReply(TestHost.OTHER_MAC, TestHost.OTHER));
        assertThat(host.arp().neighbors().find(TestHost.OTHER)).isNull();
        assertThat(host.drops(DropReason.ARP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void unaskedReplyConfirmsNothing() { // RFC 4861 7.2.5: only a solicited answer proves that our packets arrive
        host.settle();
        host.advanceSeconds(50);
        assertThat(neighbor(TestHost.PEER).state()).isEqualTo(NeighborState.STALE);
        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        assertThat(neighbor(TestHost.PEER).state()).isEqualTo(NeighborState.STALE);
    }

    @Test
    void defendsItsAddressOnceInTenSeconds() { // RFC 5227 2.4
        host.settle();
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.ADDRESS, TestHost.ADDRESS));
        final ArpHeader defence = arp(host.sentOne());
        assertThat(defence.getOperation()).isEqualTo(ArpOperation.REQUEST);
        assertThat(defence.getSrcProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(defence.getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");

        host.advanceSeconds(9.9);
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, TestHost.ADDRESS, TestHost.PEER));
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(0.1);
        host.receive(TestHost.arpReply(TestHost.OTHER_MAC, TestHost.ADDRESS));
        assertThat(host.sent()).hasSize(1);
        assertThat(host.arp().claims().get(0).conflicts()).isEqualTo(3);
        assertThat(host.arp().claims().get(0).isOurs()).isTrue();
    }

    @Test
    void ownFrameThatComesBackIsNoConflict() {
        host.settle();
        host.receive(TestHost.arpRequest(TestHost.MAC, TestHost.ADDRESS, TestHost.ADDRESS));
        assertThat(host.sent()).isEmpty();
        assertThat(host.arp().claims().get(0).conflicts()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void packetsOfAnotherKindAreMalformed(final int wrongByte) {
        host.settle();
        final byte[] frame = TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS);
        frame[14 + wrongByte] ^= 0x40;
        host.receive(frame);
        assertThat(host.drops(DropReason.ARP_MALFORMED)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void ieee802HardwareTypeIsUnderstood() { // RFC 1122 2.3.3
        host.settle();
        final byte[] frame = TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS);
        frame[15] = 6;
        host.receive(frame);
        assertThat(arp(host.sentOne()).getOperation()).isEqualTo(ArpOperation.REPLY);
    }

    @Test
    void senderWithGroupAddressIsNeverAnswered() {
        host.settle();
        final byte[] arp = Packets.arp(
                Packets.ARP_REQUEST, MacAddress.BROADCAST, TestHost.PEER, MacAddress.ZERO, TestHost.ADDRESS);
        host.receive(Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0806, arp));
        assertThat(host.sent()).isEmpty();
        assertThat(host.drops(DropReason.ARP_MALFORMED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "224.0.0.1", "239.1.2.3", "255.255.255.255", "0.0.0.1"})
    void addressesThatAreNoHostsAreNotLearned(final String sender) {
        host.settle();
        final IpAddress address = IpAddress.parse(sender);
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, address, TestHost.ADDRESS));
        assertThat(host.arp().neighbors().find(address)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"240.1.2.3", "255.255.255.254", "10.9.8.7"})
    void hostsOutsideOfOurSubnetAreLearned(final String sender) { // RFC 826 knows no subnets
        host.settle();
        final IpAddress address = IpAddress.parse(sender);
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, address, TestHost.ADDRESS));
        assertThat(host.arp().neighbors().find(address)).isNotNull();
    }

    @Test
    void truncatedPacketIsMalformed() {
        host.settle();
        for (int length = 0; length < 28; length++) {
            host.receive(Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0806, new byte[length]));
        }
        assertThat(host.drops(DropReason.ARP_MALFORMED)).isEqualTo(28);
    }
}
