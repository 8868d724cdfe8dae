package io.tapstack.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket.ArpHeader;
import org.pcap4j.packet.EthernetPacket;

/** The life of a neighbour: RFC 4861 7.3 applied to ARP, RFC 1122 2.3.2. */
class NeighborTest {

    private final TestHost host = new TestHost();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private IpPath path(final IpAddress destination) {
        return Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, destination));
    }

    private SendStatus send(final IpAddress destination, final int payload) {
        final IpPath path = path(destination);
        final PacketBuffer packet = host.pool.packet(path.headroom() + payload, path.headroom());
        packet.append(payload);
        packet.memory().bytes().put(packet.head() + payload - 1, (byte) payload);
        return path.send(packet, IpProtocol.UDP, 0, 64, true);
    }

    private Neighbor peer() {
        return Objects.requireNonNull(host.arp().neighbors().find(TestHost.PEER));
    }

    private static boolean isArp(final EthernetPacket frame) {
        return frame.contains(org.pcap4j.packet.ArpPacket.class);
    }

    private static ArpHeader arp(final EthernetPacket frame) {
        return frame.get(org.pcap4j.packet.ArpPacket.class).getHeader();
    }

    private void skipAnnouncements() {
        host.advanceSeconds(3);
        host.link.takeSent();
    }

    @Test
    void asksThenSendsWhatWaited() { // RFC 1122 2.3.2.2: the packet SHOULD be saved
        skipAnnouncements();
        assertThat(send(TestHost.PEER, 10)).isEqualTo(SendStatus.SENT);
        final EthernetPacket request = host.sentOne();
        assertThat(request.getHeader().getDstAddr().toString()).isEqualTo("ff:ff:ff:ff:ff:ff");
        assertThat(arp(request).getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(arp(request).getSrcProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(send(TestHost.PEER, 11)).isEqualTo(SendStatus.SENT);
        assertThat(host.sent()).isEmpty();
        assertThat(peer().state()).isEqualTo(NeighborState.INCOMPLETE);

        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        final List<EthernetPacket> sent = host.sent();
        assertThat(sent).hasSize(2).noneMatch(NeighborTest::isArp);
        assertThat(sent)
                .allMatch(frame -> frame.getHeader().getDstAddr().toString().equals("02:00:00:00:00:01"));
        assertThat(sent).extracting(EthernetPacket::length).containsExactly(14 + 20 + 10, 14 + 20 + 11);
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void asksOnceASecondAndGivesUpAfterThree() { // RFC 1122 2.3.2.1: at most one request a second and destination
        skipAnnouncements();
        send(TestHost.PEER, 10);
        int requests = host.sent().size();
        for (int i = 0; i < 10; i++) {
            host.advanceSeconds(0.5);
            send(TestHost.PEER, 10);
            requests += host.sent().size();
            assertThat(requests).isLessThanOrEqualTo(1 + (i + 1) / 2);
        }
        assertThat(requests).isEqualTo(3);
        assertThat(peer().state()).isEqualTo(NeighborState.FAILED);
        assertThat(host.drops(DropReason.NEIGHBOR_UNRESOLVED)).isPositive();
        assertThat(send(TestHost.PEER, 10)).isEqualTo(SendStatus.UNREACHABLE);
    }

    @Test
    void failedNeighborIsAskedAgainAfterTheHoldOff() {
        skipAnnouncements();
        send(TestHost.PEER, 10);
        host.advanceSeconds(3);
        assertThat(peer().state()).isEqualTo(NeighborState.FAILED);
        host.link.takeSent();
        host.advanceSeconds(2.9);
        assertThat(send(TestHost.PEER, 10)).isEqualTo(SendStatus.UNREACHABLE);
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(0.1);
        assertThat(send(TestHost.PEER, 10)).isEqualTo(SendStatus.SENT);
        assertThat(isArp(host.sentOne())).isTrue();
    }

    @Test
    void keepsTheLatestPacketsThatWait() { // RFC 1122 2.3.2.2: at least the latest one
        skipAnnouncements();
        for (int i = 1; i <= 20; i++) {
            send(TestHost.PEER, i);
        }
        assertThat(host.drops(DropReason.NEIGHBOR_QUEUE_FULL)).isEqualTo(4);
        host.link.takeSent();
        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        final List<byte[]> sent = host.link.takeSent();
        assertThat(sent).hasSize(16);
        for (int i = 0; i < 16; i++) {
            assertThat(sent.get(i)).hasSize(14 + 20 + 5 + i);
        }
    }

    @Test
    void waitingBytesAreBounded() {
        skipAnnouncements();
        final IpPath path = path(TestHost.PEER);
        for (int i = 0; i < 5; i++) {
            final PacketBuffer packet = host.pool.packet(65_000, path.headroom());
            packet.append(60_000);
            path.send(packet, IpProtocol.UDP, 0, 64, false);
        }
        assertThat(peer().pendingPackets()).isEqualTo(3);
        assertThat(host.drops(DropReason.NEIGHBOR_QUEUE_FULL)).isEqualTo(2);
    }

    @Test
    void aLargeDatagramThatWaitedIsFragmentedWhenItGoes() {
        skipAnnouncements();
        final IpPath path = path(TestHost.PEER);
        final PacketBuffer packet = host.pool.packet(65_535, path.headroom());
        packet.append(60_000);
        path.send(packet, IpProtocol.UDP, 0, 64, false);
        host.link.takeSent();
        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        assertThat(host.link.takeSent()).hasSize((60_000 + 1_479) / 1_480);
    }

    @Test
    void becomesStaleThenIsProbedByUnicast() { // RFC 4861 7.3.3; RFC 1122 2.3.2.1 (2): unicast poll
        host.settle();
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
        host.advanceSeconds(14);
        assertThat(peer().state()).as("before half of the base").isEqualTo(NeighborState.REACHABLE);
        host.advanceSeconds(100);
        assertThat(peer().state()).isEqualTo(NeighborState.STALE);
        assertThat(host.sent())
                .as("a stale neighbour is not asked until it is used")
                .isEmpty();

        send(TestHost.PEER, 10);
        assertThat(isArp(host.sentOne())).isFalse();
        assertThat(peer().state()).isEqualTo(NeighborState.DELAY);
        host.advanceSeconds(5);
        assertThat(peer().state()).isEqualTo(NeighborState.PROBE);
        final EthernetPacket probe = host.sentOne();
        assertThat(probe.getHeader().getDstAddr().toString()).isEqualTo("02:00:00:00:00:01");
        assertThat(arp(probe).getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.1");

        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void transportConfirmsWithoutAnyRequest() { // RFC 1122 2.3.2.1 (4), RFC 4861 7.3.1
        host.settle();
        for (int i = 0; i < 300; i++) {
            host.advanceSeconds(1);
            send(TestHost.PEER, 10);
            path(TestHost.PEER).confirmReachable();
            assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
        }
        assertThat(host.sent()).noneMatch(NeighborTest::isArp);
    }

    @Test
    void probesWithoutAnswerThenAskEverybody() { // RFC 4861 7.3.3: the entry is dead, the next packet resolves anew
        host.settle();
        host.advanceSeconds(60);
        send(TestHost.PEER, 10);
        host.advanceSeconds(5);
        host.advanceSeconds(1);
        host.advanceSeconds(1);
        assertThat(host.sent().stream().filter(NeighborTest::isArp)).hasSize(3);
        assertThat(peer().state()).isEqualTo(NeighborState.PROBE);
        host.advanceSeconds(1);
        assertThat(peer().state()).isEqualTo(NeighborState.FAILED);

        assertThat(send(TestHost.PEER, 10)).isEqualTo(SendStatus.SENT);
        final EthernetPacket request = host.sentOne();
        assertThat(request.getHeader().getDstAddr().toString()).isEqualTo("ff:ff:ff:ff:ff:ff");
        host.receive(TestHost.arpReply(TestHost.OTHER_MAC, TestHost.PEER));
        assertThat(host.sentOne().getHeader().getDstAddr().toString()).isEqualTo("02:00:00:00:00:99");
    }

    @Test
    void aRequestFromTheOneWeAskForFreesWhatWaits() { // RFC 4861 7.2.3: known, but not confirmed
        skipAnnouncements();
        send(TestHost.PEER, 10);
        host.link.takeSent();
        host.receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS));
        assertThat(host.sent()).hasSize(2);
        assertThat(peer().state()).isEqualTo(NeighborState.DELAY);
    }

    @Test
    void unusedEntriesAgeOut() {
        host.settle();
        host.advanceSeconds(60);
        assertThat(host.arp().neighbors().size()).isEqualTo(1);
        host.advanceSeconds(21 * 60);
        assertThat(host.arp().neighbors().size()).isZero();
    }

    @Test
    void aFloodOfStrangersDoesNotPushOutWhoIsUsed() {
        host.settle();
        send(TestHost.PEER, 10);
        final IpPath path = path(TestHost.PEER);
        for (int i = 0; i < 5_000; i++) {
            final IpAddress stranger = IpAddress.ipv4(0x0A01_0000 + i);
            host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, stranger, TestHost.ADDRESS));
        }
        assertThat(host.arp().neighbors().size()).isEqualTo(NeighborConfig.DEFAULT.maxNeighbors());
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
        assertThat(path.source()).isEqualTo(TestHost.ADDRESS);
        assertThat(host.drops(DropReason.NEIGHBOR_CACHE_FULL)).isPositive();
    }

    @Test
    void aPathFindsANeighborAgainThatWasEvicted() {
        host.settle();
        final IpPath path = path(TestHost.PEER);
        send(TestHost.PEER, 10);
        host.arp().neighbors().clear();
        host.link.takeSent();
        final PacketBuffer packet = host.pool.packet(200, path.headroom());
        packet.append(8);
        assertThat(path.send(packet, IpProtocol.UDP, 0, 64, true)).isEqualTo(SendStatus.SENT);
        assertThat(isArp(host.sentOne())).isTrue();
    }

    /**
     * RFC 1122 3.3.1.4: a transport that is not answered has it asked at once; an answer, or a transport's word, ends
     * the doubt.
     */
    @Test
    void suspected() {
        skipAnnouncements();
        send(TestHost.PEER, 10);
        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        host.sent();
        peer().suspect();
        assertThat(peer().state()).isEqualTo(NeighborState.PROBE);
        final EthernetPacket request = host.sentOne();
        assertThat(request.getHeader().getDstAddr().toString()).isEqualTo("02:00:00:00:00:01");
        peer().suspect();
        assertThat(host.sent()).as("one question at a time").isEmpty();
        host.receive(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
        peer().suspect();
        peer().confirm();
        assertThat(peer().state()).isEqualTo(NeighborState.REACHABLE);
        host.sent();
    }
}
