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
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.link.LinkType;
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
}
