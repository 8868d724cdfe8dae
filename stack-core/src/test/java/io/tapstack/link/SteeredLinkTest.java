package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.SipHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The owner of a frame among three stacks, at every queue it may arrive at. */
class SteeredLinkTest {

    private static final int QUEUES = 3;
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final MacAddress PEER_MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final IpAddress OURS = IpAddress.parse("10.0.0.2");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    private static final IpAddress OURS_6 = IpAddress.parse("2001:db8::2");
    private static final IpAddress PEER_6 = IpAddress.parse("2001:db8::1");
    private static final int PORT = 80;

    private final FlowSteering steering = new FlowSteering(QUEUES, new SipHash(42, 0));
    private final List<TestLink> devices = List.of(TestLink.ethernet(), TestLink.ethernet(), TestLink.ethernet());
    private final List<SteeredLink> links = SteeredLink.over(devices, steering);
    private final List<BufferPool> pools = List.of(new BufferPool(), new BufferPool(), new BufferPool());
    private final List<StackStatistics> statistics =
            List.of(new StackStatistics(), new StackStatistics(), new StackStatistics());

    SteeredLinkTest() {
        for (int queue = 0; queue < QUEUES; queue++) {
            links.get(queue).reportTo(statistics.get(queue));
        }
    }

    @AfterEach
    void allMemoryCameBack() {
        for (final BufferPool pool : pools) {
            assertThat(pool.packetsInUse() + pool.regionsInUse()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aSegmentGoesToTheOwnerOfItsConnection(final int arrival) throws IOException {
        for (int owner = 0; owner < QUEUES; owner++) {
            final byte[] segment = segment(peerPortOwnedBy(owner));
            devices.get(arrival).inject(segment);
            assertOnly(owner, segment);
            assertThat(passedOn()).isEqualTo(owner == arrival ? 0 : 1);
            statistics.get(arrival).framesPassedOn = 0;
        }
    }

    /** The tag stays, for the capture and the stack of the owner; it does not change the owner. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aPriorityTagChangesNothing(final int arrival) throws IOException {
        for (int owner = 0; owner < QUEUES; owner++) {
            final byte[] segment = tagged(0xE000, tagged(0, segment(peerPortOwnedBy(owner))));
            devices.get(arrival).inject(segment);
            assertOnly(owner, segment);
        }
        final byte[] arp = tagged(0, arp(Packets.ARP_REQUEST, PEER, OURS));
        devices.get(arrival).inject(arp);
        receive(arrival);
        for (int queue = 0; queue < QUEUES; queue++) {
            if (queue != arrival) {
                assertThat(receive(queue)).containsExactly(arp);
            }
        }
        final byte[] inVlan = tagged(5, segment(peerPortOwnedBy((arrival + 1) % QUEUES)));
        devices.get(arrival).inject(inVlan);
        assertOnly(arrival, inVlan);
    }

    private static byte[] tagged(final int control, final byte[] frame) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) 0x8100)
                .putShort((short) control)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    @Test
    void theOrderOfASegmentStreamIsKept() throws IOException {
        final int port = peerPortOwnedBy(2);
        final List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            final byte[] segment = segment(port, i);
            sent.add(segment);
            devices.get(0).inject(segment);
        }
        letPass(0, sent.size());
        assertThat(receive(2)).usingRecursiveComparison().isEqualTo(sent);
    }

    /** Frames in the mailbox are older than those of the device. */
    @Test
    void mailComesFirst() throws IOException {
        final int port = peerPortOwnedBy(1);
        devices.get(0).inject(segment(port, 1));
        assertThat(receive(0)).isEmpty();
        devices.get(1).inject(segment(port, 2));
        assertThat(receive(1).stream().map(frame -> frame[frame.length - 1])).containsExactly((byte) 1, (byte) 2);
    }

    /** A full mailbox does not keep a queue from its own frames. */
    @Test
    void mailDoesNotStarveTheDevice() throws IOException {
        final int port = peerPortOwnedBy(1);
        for (int i = 0; i < 500; i++) {
            devices.get(0).inject(segment(port));
        }
        letPass(0, 500);
        devices.get(1).inject(arp(Packets.ARP_REPLY, PEER, OURS));
        final List<byte[]> received = receive(1);
        assertThat(received).hasSize(501);
        int position = 0;
        while (EthernetHeader.etherType(ByteBuffer.wrap(received.get(position)), 0) != EthernetHeader.TYPE_ARP) {
            position++;
        }
        assertThat(position).isEqualTo(64);
        receive(0);
        receive(2);
    }

    /** A queue with many frames to pass on does not starve the frames of another one. */
    @Test
    void mailOfOneQueueDoesNotStarveThatOfAnother() throws IOException {
        final byte[] flood = segment(peerPortOwnedBy(0), 1);
        final byte[] other = segment(peerPortOwnedBy(0), 2);
        for (int i = 0; i < 100; i++) {
            devices.get(1).inject(flood);
        }
        letPass(1, 100);
        devices.get(2).inject(other);
        letPass(2, 1);
        final List<byte[]> received = receive(0);
        assertThat(received).hasSize(101);
        assertThat(received.subList(0, 2)).anyMatch(frame -> Arrays.equals(frame, other));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void arpGoesToAll(final int arrival) throws IOException {
        final byte[] request = arp(Packets.ARP_REQUEST, PEER, OURS);
        devices.get(arrival).inject(request);
        assertThat(receive(arrival)).containsExactly(request);
        for (int queue = 0; queue < QUEUES; queue++) {
            if (queue != arrival) {
                assertThat(receive(queue)).containsExactly(request);
            }
        }
    }

    /** RFC 5227 1.1: the first stack's announcement tells the others that the address is theirs. */
    @Test
    void anAnnouncementOfTheFirstIsToldToAll() throws IOException {
        final byte[] announcement = arp(Packets.ARP_REQUEST, OURS, OURS);
        transmit(0, announcement);
        assertThat(devices.get(0).takeSent()).containsExactly(announcement);
        assertThat(receive(0)).isEmpty();
        assertThat(receive(1)).containsExactly(announcement);
        assertThat(receive(2)).containsExactly(announcement);
        transmit(0, arp(Packets.ARP_REQUEST, OURS, PEER));
        transmit(0, udp());
        assertNobodyHasAny();
    }

    /** RFC 9131 6.1: the same for IPv6; an answer to one host is not told. */
    @Test
    void anAdvertisementOfTheFirstIsToldToAll() throws IOException {
        final byte[] message = joined("8800000020000000", new byte[16]);
        final byte[] toAll = Packets.ipv6(OURS_6, IpAddress.parse("ff02::2"), 58, message);
        final byte[] announcement =
                Packets.ethernet(MacAddress.parse("33:33:00:00:00:02"), MAC, EthernetHeader.TYPE_IPV6, toAll);
        transmit(0, announcement);
        assertThat(receive(0)).isEmpty();
        assertThat(receive(1)).containsExactly(announcement);
        assertThat(receive(2)).containsExactly(announcement);
        final byte[] toOne = Packets.ipv6(OURS_6, PEER_6, 58, message);
        transmit(0, Packets.ethernet(PEER_MAC, MAC, EthernetHeader.TYPE_IPV6, toOne));
        transmit(1, announcement);
        assertNobodyHasAny();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void allThatIsNotTcpGoesToTheFirst(final int arrival) throws IOException {
        final byte[] echo = Packets.icmp(IcmpHeader.ECHO_REQUEST, 0, 1, new byte[8]);
        // The second fragment of a segment, whose first bytes are not ports, and the first one.
        final byte[] last = Packets.ipv4(PEER, OURS, IpProtocol.TCP, 7, 3, new byte[0], new byte[40]);
        final byte[] first =
                Packets.ipv4(PEER, OURS, IpProtocol.TCP, 7, Ipv4Header.MORE_FRAGMENTS, new byte[0], tcp(PORT, 9, 0));
        final byte[] igmp = Packets.ipv4(PEER, OURS, 2, new byte[8]);
        for (final byte[] frame : List.of(
                udp(),
                ethernet(Packets.ipv4(PEER, OURS, IpProtocol.ICMP, echo)),
                ethernet(last),
                ethernet(first),
                ethernet(igmp))) {
            devices.get(arrival).inject(frame);
            assertOnly(0, frame);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anErrorAboutASegmentGoesToTheOwner(final int arrival) throws IOException {
        for (int owner = 0; owner < QUEUES; owner++) {
            // RFC 792 quotes the header and 64 bits.
            final byte[] quoted =
                    Arrays.copyOf(Packets.ipv4(OURS, PEER, IpProtocol.TCP, tcp(PORT, peerPortOwnedBy(owner), 0)), 28);
            final byte[] frame = error(quoted);
            devices.get(arrival).inject(frame);
            assertOnly(owner, frame);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anErrorAboutAnythingElseGoesToTheFirst(final int arrival) throws IOException {
        final byte[] datagram = Packets.ipv4(OURS, PEER, IpProtocol.UDP, Packets.udp(OURS, 7, PEER, 7, new byte[9]));
        final byte[] cutShort = Arrays.copyOf(Packets.ipv4(OURS, PEER, IpProtocol.TCP, tcp(PORT, 9, 0)), 22);
        final byte[] laterFragment = Packets.ipv4(OURS, PEER, IpProtocol.TCP, 7, 3, new byte[0], new byte[40]);
        for (final byte[] quoted : List.of(datagram, cutShort, laterFragment, new byte[0], new byte[] {0x4F, 0})) {
            devices.get(arrival).inject(error(quoted));
            assertOnly(0, error(quoted));
        }
    }

    /** IPv6: segments behind extension headers and errors about segments; the rest as for IPv4. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void framesOfIpv6GoToTheirOwner(final int arrival) throws IOException {
        for (int port = 40_000; port < 40_020; port++) {
            final int owner = steering.queue(new Endpoint(OURS_6, PORT), new Endpoint(PEER_6, port));
            final byte[] tcp = tcp(port, PORT, 0);
            deliver(arrival, owner, Packets.ipv6(PEER_6, OURS_6, IpProtocol.TCP, tcp));
            deliver(arrival, owner, Packets.ipv6(PEER_6, OURS_6, 60, joined("0600010400000000", tcp)));
            // RFC 6946: an atomic fragment has its ports.
            deliver(arrival, owner, Packets.ipv6(PEER_6, OURS_6, 44, joined("0600000000000001", tcp)));
            deliver(arrival, 0, Packets.ipv6(PEER_6, OURS_6, 44, joined("0600000100000001", tcp)));
            final byte[] sent = Packets.ipv6(OURS_6, PEER_6, IpProtocol.TCP, tcp(PORT, port, 0));
            deliver(arrival, owner, Packets.ipv6(PEER_6, OURS_6, 58, joined("0200000000000500", sent)));
            deliver(arrival, 0, Packets.ipv6(PEER_6, OURS_6, 58, joined("8000000000000001", sent)));
        }
        deliver(arrival, 0, Packets.ipv6(PEER_6, OURS_6, IpProtocol.UDP, new byte[8]));
        deliver(arrival, 0, Packets.ipv6(PEER_6, OURS_6, 58, joined("0100000000000000", new byte[39])));
        deliver(arrival, arrival, Packets.ipv6(PEER_6, OURS_6, IpProtocol.TCP, new byte[3]));
        deliver(arrival, arrival, Packets.ipv6(PEER_6, OURS_6, 60, new byte[7]));
    }

    /** RFC 4861: every stack has a neighbour cache of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"85", "86", "87", "88", "89"})
    void neighborDiscoveryGoesToAll(final String type) throws IOException {
        final byte[] message = Packets.ipv6(PEER_6, OURS_6, 58, joined(type + "00000000000000", new byte[16]));
        final byte[] frame = Packets.ethernet(MAC, PEER_MAC, EthernetHeader.TYPE_IPV6, message);
        devices.get(1).inject(frame);
        assertThat(receive(1)).containsExactly(frame);
        assertThat(receive(0)).containsExactly(frame);
        assertThat(receive(2)).containsExactly(frame);
    }

    private void deliver(final int arrival, final int owner, final byte[] packet) throws IOException {
        final byte[] frame = Packets.ethernet(MAC, PEER_MAC, EthernetHeader.TYPE_IPV6, packet);
        devices.get(arrival).inject(frame);
        assertOnly(owner, frame);
    }

    private static byte[] joined(final String hex, final byte[] rest) {
        final byte[] start = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocate(start.length + rest.length)
                .put(start)
                .put(rest)
                .array();
    }

    /** The queue that receives it drops and counts it; passing it on would be useless work. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void garbageStaysWhereItIs(final int arrival) throws IOException {
        final byte[] unknown = Packets.ethernet(MAC, PEER_MAC, 0x86DD, new byte[40]);
        final byte[] noVersion = ethernet(new byte[40]);
        final byte[] longHeader = Packets.ipv4(PEER, OURS, IpProtocol.TCP, new byte[20]);
        longHeader[0] = 0x4F;
        final byte[] noPorts = ethernet(Packets.ipv4(PEER, OURS, IpProtocol.TCP, new byte[3]));
        for (final byte[] frame :
                List.of(new byte[0], new byte[13], unknown, noVersion, ethernet(longHeader), noPorts)) {
            devices.get(arrival).inject(frame);
            assertOnly(arrival, frame);
        }
    }

    /** For all frames that a peer may send: each ends at one stack, and all but ARP at one alone. */
    @Test
    void noFrameIsLostOrDoubled() throws IOException {
        final SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 20_000; i++) {
            final byte[] frame =
                    switch (random.nextInt(4)) {
                        case 0 -> segment(random.nextInt(65_536));
                        case 1 -> error(Packets.ipv4(OURS, PEER, IpProtocol.TCP, tcp(PORT, random.nextInt(65_536), 0)));
                        case 2 -> udp();
                        default -> ethernet(Packets.ipv4(PEER, OURS, IpProtocol.ICMP, new byte[12]));
                    };
            // Damaged behind the EtherType, or cut off.
            frame[EthernetHeader.LENGTH + random.nextInt(frame.length - EthernetHeader.LENGTH)] ^= random.nextInt(256);
            final byte[] damaged =
                    Arrays.copyOf(frame, random.nextInt(3) == 0 ? random.nextInt(frame.length + 1) : frame.length);
            devices.get(random.nextInt(QUEUES)).inject(damaged);
            assertThat(received()).hasSize(1).first().isEqualTo(damaged);
        }
    }

    @Test
    void whatTheMailboxHasNoRoomForIsLostAndCounted() throws IOException {
        final int port = peerPortOwnedBy(1);
        final int frames = 20_000;
        for (int i = 0; i < frames; i++) {
            devices.get(0).inject(segment(port));
        }
        letPass(0, frames);
        final int received = receive(1).size();
        assertThat(received).isEqualTo((int) statistics.get(0).framesPassedOn).isBetween(4_000, frames - 1);
        assertThat(drops(0)).isEqualTo(frames - received);
        assertThat(drops(1)).isZero();
        devices.get(0).inject(segment(port));
        assertOnly(1, segment(port));
    }

    /** In virtual time no thread waits at a device: the next event says that there is mail. */
    @Test
    void mailIsAnEvent() throws IOException {
        links.get(1).advance(5);
        assertThat(links.get(1).nextEvent()).isEqualTo(Long.MAX_VALUE);
        devices.get(0).inject(segment(peerPortOwnedBy(1)));
        assertThat(receive(0)).isEmpty();
        assertThat(links.get(1).nextEvent()).isEqualTo(5);
        assertThat(links.get(1).isReady()).isTrue();
        receive(1);
        assertThat(links.get(1).nextEvent()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void thereIsADeviceForEachQueue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SteeredLink.over(devices, new FlowSteering(2, new SipHash(1, 0))));
    }

    // ---- Frames

    private int peerPortOwnedBy(final int queue) {
        for (int port = 40_000; ; port++) {
            if (steering.queue(new Endpoint(OURS, PORT), new Endpoint(PEER, port)) == queue) {
                return port;
            }
        }
    }

    private static byte[] segment(final int peerPort) {
        return segment(peerPort, 0);
    }

    private static byte[] segment(final int peerPort, final int number) {
        return ethernet(Packets.ipv4(PEER, OURS, IpProtocol.TCP, tcp(peerPort, PORT, number)));
    }

    /** Ports, and a number as the last byte. */
    private static byte[] tcp(final int sourcePort, final int destinationPort, final int number) {
        return ByteBuffer.allocate(24)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(20, number)
                .array();
    }

    private static byte[] udp() {
        return ethernet(Packets.ipv4(PEER, OURS, IpProtocol.UDP, Packets.udp(PEER, 9, OURS, 7, new byte[4])));
    }

    private static byte[] error(final byte[] quoted) {
        final byte[] message = Packets.icmp(IcmpHeader.DESTINATION_UNREACHABLE, 1, 0, quoted);
        return ethernet(Packets.ipv4(PEER, OURS, IpProtocol.ICMP, message));
    }

    private static byte[] arp(final int operation, final IpAddress sender, final IpAddress target) {
        final MacAddress from = sender.equals(OURS) ? MAC : PEER_MAC;
        return Packets.ethernet(
                MacAddress.BROADCAST,
                from,
                EthernetHeader.TYPE_ARP,
                Packets.arp(operation, from, sender, MacAddress.BROADCAST, target));
    }

    private static byte[] ethernet(final byte[] packet) {
        return Packets.ethernet(MAC, PEER_MAC, EthernetHeader.TYPE_IPV4, packet);
    }

    // ---- Actions of the stacks

    private void transmit(final int queue, final byte[] bytes) throws IOException {
        final PacketBuffer frame = pools.get(queue).packet(bytes, 0);
        assertThat(links.get(queue).transmit(frame)).isTrue();
        frame.release();
    }

    private List<byte[]> receive(final int queue) throws IOException {
        final List<byte[]> frames = new ArrayList<>();
        for (PacketBuffer frame = links.get(queue).receive(pools.get(queue));
                frame != null;
                frame = links.get(queue).receive(pools.get(queue))) {
            frames.add(frame.toArray());
            frame.release();
        }
        return frames;
    }

    /** A queue passes on {@code frames} frames, some at a time. */
    private void letPass(final int queue, final int frames) throws IOException {
        while (statistics.get(queue).framesPassedOn + drops(queue) < frames) {
            assertThat(receive(queue)).isEmpty();
        }
    }

    /** The frames of all stacks. */
    private List<byte[]> received() throws IOException {
        final List<byte[]> all = new ArrayList<>();
        // Twice, as a frame may be passed on to a queue that was read before.
        for (int queue = 0; queue < 2 * QUEUES; queue++) {
            all.addAll(receive(queue % QUEUES));
        }
        return all;
    }

    private void assertOnly(final int owner, final byte[] frame) throws IOException {
        final List<byte[]> gotByOwner = new ArrayList<>();
        for (int queue = 0; queue < 2 * QUEUES; queue++) {
            final List<byte[]> got = receive(queue % QUEUES);
            if (queue % QUEUES == owner) {
                gotByOwner.addAll(got);
            } else {
                assertThat(got)
                        .as("what queue %d of owner %d got", queue % QUEUES, owner)
                        .isEmpty();
            }
        }
        assertThat(gotByOwner).hasSize(1);
        assertThat(gotByOwner.get(0)).isEqualTo(frame);
    }

    private void assertNobodyHasAny() throws IOException {
        assertThat(received()).isEmpty();
    }

    private long passedOn() {
        return statistics.stream().mapToLong(each -> each.framesPassedOn).sum();
    }

    private long drops(final int queue) {
        return statistics.get(queue).drops(DropReason.LINK_MAILBOX_FULL);
    }
}
