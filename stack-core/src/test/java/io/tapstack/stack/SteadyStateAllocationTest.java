package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.icmp.v4.IcmpProtocol;
import io.tapstack.icmp.v6.Icmpv6Protocol;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.link.LinkType;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.testing.SwallowingLink;
import io.tapstack.testing.TestHost;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.SipHash;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The fourth rule of the architecture: steady state allocates nothing. */
class SteadyStateAllocationTest {

    private static final int PACKETS = 20_000;

    private final BufferPool pool = new BufferPool();
    private final StackStatistics statistics = new StackStatistics();
    private final SplittableRandom random = new SplittableRandom(11);
    private final TimerWheel wheel = new TimerWheel(0);
    private final InternetProtocol internet = new InternetProtocol(pool, wheel);
    private final Ipv4Protocol ipv4 =
            new Ipv4Protocol(internet, pool, wheel, statistics, random, ReassemblyLimits.DEFAULT);
    private final NetworkInterface link =
            new NetworkInterface(new SwallowingLink(LinkType.ETHERNET), TestHost.MAC, pool, statistics);

    private UdpProtocol start() {
        new IcmpProtocol(ipv4, pool, statistics, random, IcmpRates.DEFAULT, 0);
        final UdpProtocol udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, random);
        internet.register(IpProtocol.UDP, udp);
        ipv4.addInterface(link, new InterfaceAddress(TestHost.ADDRESS, 24), ArpConfig.DEFAULT)
                .start();
        receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS));
        return udp;
    }

    private void receive(final byte[] frame) {
        link.receive(pool.packet(frame, 0), 0);
    }

    /** Bytes that one run of {@code work} allocates, once all structures have grown. */
    private static double bytesEach(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < PACKETS; i++) {
                work.run();
            }
            least = Math.min(least, (double) (threads.getThreadAllocatedBytes(thread) - before) / PACKETS);
        }
        return least;
    }

    @Test
    void aPing() {
        start();
        final byte[] icmp = Packets.icmp(8, 0, 1, Packets.pattern(56));
        final byte[] frame = Packets.ethernet(
                TestHost.MAC, TestHost.PEER_MAC, 0x0800, Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, 1, icmp));
        final long before = statistics.framesSent;
        assertThat(bytesEach(() -> receive(frame))).isLessThan(1);
        assertThat(statistics.framesSent - before).isEqualTo(5 * PACKETS);
    }

    @Test
    void aPacketAlongAPath() {
        start();
        final IpPath path = Objects.requireNonNull(ipv4.path(IpAddress.ANY_IPV4, TestHost.PEER));
        final double bytes = bytesEach(() -> {
            final PacketBuffer packet = pool.packet(BufferPool.FRAME, path.headroom());
            packet.append(1_000);
            if (path.send(packet, IpProtocol.TCP, 0, 64, true) != SendStatus.SENT) {
                throw new AssertionError();
            }
            path.confirmReachable();
        });
        assertThat(bytes).isLessThan(1);
    }

    @Test
    void aDatagramBothWays() throws Exception {
        final UdpEndpoint endpoint = start().open();
        endpoint.bind(Endpoint.anyIpv4(7));
        final byte[] udp = Packets.udp(TestHost.PEER, 4_000, TestHost.ADDRESS, 7, Packets.pattern(1_000));
        final byte[] frame = Packets.ethernet(
                TestHost.MAC, TestHost.PEER_MAC, 0x0800, Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, 17, udp));
        final ByteBuffer bytes = ByteBuffer.allocateDirect(2_000);
        final double allocated = bytesEach(() -> {
            receive(frame);
            try {
                final Datagram datagram = Objects.requireNonNull(endpoint.receive());
                datagram.copyTo(bytes.clear());
                endpoint.send(bytes.flip(), datagram.source());
                datagram.release();
            } catch (final SocketErrorException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(allocated).isLessThan(1);
    }

    // ---- IPv6

    private Ipv6Protocol startIpv6() {
        final Ipv6Protocol ipv6 = new Ipv6Protocol(internet, pool, wheel, statistics, random, ReassemblyLimits.DEFAULT);
        new Icmpv6Protocol(ipv6, pool, statistics, random, IcmpRates.DEFAULT, 0);
        final NdpConfig checked = NdpConfig.DEFAULT.withRouters(false).withDuplicateProbes(0);
        final Ipv6Interface onLink = ipv6.addInterface(link, checked, new SipHash(1, 2));
        onLink.add(new InterfaceAddress(Ipv6Host.ADDRESS, 64));
        onLink.start();
        final byte[] solicitation = Packets.icmpv6(
                Ipv6Host.PEER,
                Ipv6Host.ADDRESS,
                135,
                0,
                0,
                Ipv6Host.bytes("20010db8000000000000000000000002" + "0101020000000001"));
        receive(Packets.ethernet(
                TestHost.MAC,
                TestHost.PEER_MAC,
                0x86DD,
                Packets.ipv6(Ipv6Host.PEER, Ipv6Host.ADDRESS, 0, 58, 255, solicitation)));
        return ipv6;
    }

    private static byte[] ipv6Frame(final int protocol, final byte[] payload) {
        return Packets.ethernet(
                TestHost.MAC,
                TestHost.PEER_MAC,
                0x86DD,
                Packets.ipv6(Ipv6Host.PEER, Ipv6Host.ADDRESS, protocol, payload));
    }

    @Test
    void aPacketAlongAnIpv6Path() {
        final IpPath path = Objects.requireNonNull(startIpv6().path(IpAddress.ANY_IPV6, Ipv6Host.PEER));
        final double bytes = bytesEach(() -> {
            final PacketBuffer packet = pool.packet(BufferPool.FRAME, path.headroom());
            packet.append(1_000);
            if (path.send(packet, IpProtocol.TCP, 0, 64, true) != SendStatus.SENT) {
                throw new AssertionError();
            }
            path.confirmReachable();
        });
        assertThat(bytes).isLessThan(1);
    }

    @Test
    void aSegmentReceivedOverIpv6() {
        startIpv6();
        internet.register(IpProtocol.TCP, new TransportProtocol() {
            @Override
            public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
                packet.release();
            }

            @Override
            public void icmpError(
                    final IcmpError error,
                    final int mtu,
                    final PacketBuffer quoted,
                    final ReceivedPacket info,
                    final long nowNanos) {}
        });
        final byte[] plain = ipv6Frame(IpProtocol.TCP, Packets.pattern(1_000));
        final byte[] behindOptions = ipv6Frame(60, Ipv6Host.bytes("0600010400000000", Packets.pattern(1_000)));
        assertThat(bytesEach(() -> {
                    receive(plain);
                    receive(behindOptions);
                }))
                .isLessThan(1);
    }

    @Test
    void aDatagramBothWaysOverIpv6() throws Exception {
        startIpv6();
        final UdpProtocol udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, random);
        internet.register(IpProtocol.UDP, udp);
        final UdpEndpoint endpoint = udp.open(IpAddress.ANY_IPV6);
        endpoint.bind(Endpoint.anyIpv6(7));
        final byte[] frame =
                ipv6Frame(17, Packets.udp(Ipv6Host.PEER, 4_000, Ipv6Host.ADDRESS, 7, Packets.pattern(1_000)));
        final ByteBuffer bytes = ByteBuffer.allocateDirect(2_000);
        final double allocated = bytesEach(() -> {
            receive(frame);
            try {
                final Datagram datagram = Objects.requireNonNull(endpoint.receive());
                datagram.copyTo(bytes.clear());
                endpoint.send(bytes.flip(), datagram.source());
                datagram.release();
            } catch (final SocketErrorException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(allocated).isLessThan(1);
    }
}
