package io.tapstack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.arp.ArpProtocol;
import io.tapstack.buffer.BufferPool;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.icmp.v4.IcmpProtocol;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.v4.Ipv4Interface;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IllegalRawDataException;

/**
 * A host with all layers below TCP, on a {@link TestLink}, in virtual time: 10.0.0.2/24 with a peer 10.0.0.1. A test
 * injects frames, advances time and checks the frames sent.
 */
public final class TestHost {

    public static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");
    public static final MacAddress PEER_MAC = MacAddress.parse("02:00:00:00:00:01");
    public static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:99");
    public static final IpAddress ADDRESS = IpAddress.parse("10.0.0.2");
    public static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    public static final IpAddress OTHER = IpAddress.parse("10.0.0.99");
    public static final IpAddress DIRECTED_BROADCAST = IpAddress.parse("10.0.0.255");

    private static final long SECOND = 1_000_000_000L;

    public final BufferPool pool = new BufferPool();
    public final StackStatistics statistics = new StackStatistics();
    public final TimerWheel wheel = new TimerWheel(0);
    public final TestLink link;
    public final InternetProtocol internet;
    public final Ipv4Protocol ipv4;
    public final NetworkInterface networkInterface;
    public final Ipv4Interface ipv4Interface;
    public final IcmpProtocol icmp;
    public final UdpProtocol udp;
    private long now;

    public TestHost() {
        this(TestLink.ethernet(), ArpConfig.DEFAULT, IcmpRates.DEFAULT, ReassemblyLimits.DEFAULT);
    }

    public TestHost(final TestLink link) {
        this(link, ArpConfig.DEFAULT, IcmpRates.DEFAULT, ReassemblyLimits.DEFAULT);
    }

    public TestHost(
            final TestLink link, final ArpConfig arp, final IcmpRates icmpRates, final ReassemblyLimits limits) {
        final SplittableRandom random = new SplittableRandom(42);
        this.link = link;
        this.internet = new InternetProtocol(pool, wheel);
        this.ipv4 = new Ipv4Protocol(internet, pool, wheel, statistics, random, limits);
        this.networkInterface = new NetworkInterface(link, MAC, pool, statistics);
        this.ipv4Interface = ipv4.addInterface(networkInterface, new InterfaceAddress(ADDRESS, 24), arp);
        this.icmp = new IcmpProtocol(ipv4, pool, statistics, random, icmpRates, 0);
        this.udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, random);
        internet.register(IpProtocol.UDP, udp);
        ipv4Interface.start();
    }

    /** A host that has sent its announcements and knows its peer. */
    public static TestHost settled() {
        return new TestHost().settle();
    }

    /** Waits for the announcements to end and makes the peer known and reachable. */
    public TestHost settle() {
        advanceSeconds(3);
        link.takeSent();
        if (ipv4Interface.arp() != null) {
            knowPeer();
        }
        return this;
    }

    /** Resolves the peer. */
    public void knowPeer() {
        final Neighbor neighbor = arp().neighbors().neighbor(PEER);
        if (neighbor.isUsable()) {
            neighbor.confirm();
            return;
        }
        neighbor.enqueue(pool.packet(BufferPool.SMALL, 64));
        receive(arpReply(PEER_MAC, PEER));
        link.takeSent();
    }

    // ---- Time

    public long now() {
        return now;
    }

    /** Advances time, stopping at every timer on the way, as a driver does. */
    public void advance(final long nanos) {
        final long target = now + nanos;
        while (wheel.nextDeadline() < target) {
            now = wheel.nextDeadline();
            wheel.advance(now);
            internet.pollLoopback(Integer.MAX_VALUE, now);
        }
        now = target;
        wheel.advance(now);
        internet.pollLoopback(Integer.MAX_VALUE, now);
    }

    public void advanceSeconds(final double seconds) {
        advance((long) (seconds * SECOND));
    }

    // ---- Frames in

    /** Receives a frame, headers and all. */
    public void receive(final byte[] frame) {
        link.inject(frame);
        networkInterface.poll(Integer.MAX_VALUE, now);
    }

    /** Receives an IPv4 packet in a frame from the peer to us. */
    public void receivePacket(final byte[] packet) {
        receive(Packets.ethernet(MAC, PEER_MAC, 0x0800, packet));
    }

    /** Receives an IPv4 packet with {@code payload} from the peer to us. */
    public void receiveFromPeer(final int protocol, final byte[] payload) {
        receivePacket(Packets.ipv4(PEER, ADDRESS, protocol, payload));
    }

    public static byte[] arpRequest(final MacAddress senderMac, final IpAddress sender, final IpAddress target) {
        final byte[] arp = Packets.arp(Packets.ARP_REQUEST, senderMac, sender, MacAddress.ZERO, target);
        return Packets.ethernet(MacAddress.BROADCAST, senderMac, 0x0806, arp);
    }

    /** A reply to us. */
    public static byte[] arpReply(final MacAddress senderMac, final IpAddress sender) {
        final byte[] arp = Packets.arp(Packets.ARP_REPLY, senderMac, sender, MAC, ADDRESS);
        return Packets.ethernet(MAC, senderMac, 0x0806, arp);
    }

    // ---- Frames out

    /** The packets sent since the last call, read by an independent decoder. */
    public List<EthernetPacket> sent() {
        final List<EthernetPacket> packets = new ArrayList<>();
        for (final byte[] frame : link.takeSent()) {
            packets.add(decode(frame));
        }
        return packets;
    }

    /** The one packet sent since the last call. */
    public EthernetPacket sentOne() {
        final List<EthernetPacket> packets = sent();
        assertThat(packets).hasSize(1);
        return packets.get(0);
    }

    public static EthernetPacket decode(final byte[] frame) {
        try {
            return EthernetPacket.newPacket(frame, 0, frame.length);
        } catch (final IllegalRawDataException e) {
            throw new AssertionError("the stack sent an invalid frame", e);
        }
    }

    // ---- State

    public ArpProtocol arp() {
        return Objects.requireNonNull(ipv4Interface.arp());
    }

    public long drops(final DropReason reason) {
        return statistics.drops(reason);
    }

    /** Stops the host and checks that all memory is free and no timer is left. */
    public void assertNothingLeaked() {
        internet.stop();
        assertThat(pool.packetsInUse()).as("packets in use").isZero();
        assertThat(pool.regionsInUse()).as("regions in use").isZero();
        assertThat(pool.bytesInUse()).as("bytes in use").isZero();
    }
}
