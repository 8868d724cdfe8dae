package io.tapstack.stack;

import io.tapstack.buffer.BufferPool;
import io.tapstack.dhcp.DhcpClient;
import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.v4.IcmpProtocol;
import io.tapstack.icmp.v6.Icmpv6Protocol;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ip.v4.Ipv4Interface;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.link.LinkDevice;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.layer.TcpLayer;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.SipHash;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one host over one device: Ethernet, ARP, IPv4, IPv6, ICMP, UDP and TCP. A stack does nothing by itself:
 * a {@link StackDriver} or a simulation tells it the time and calls {@link #poll}. Confined to the holder of the
 * stack's lock.
 */
public final class NetworkStack implements Pollable {

    /** Most frames handled in one poll, so that timers and applications get their turn. */
    private static final int FRAMES_PER_POLL = 64;

    private final LinkDevice device;
    private final BufferPool pool;
    private final TimerWheel timers;
    private final StackStatistics statistics = new StackStatistics();
    private final InternetProtocol internet;
    private final Ipv4Protocol ipv4;
    private final @Nullable Ipv6Protocol ipv6;
    private final @Nullable DhcpClient dhcp;
    private final NetworkInterface networkInterface;
    private final UdpProtocol udp;
    private final TcpLayer tcp;
    private boolean deviceIsFull;

    /**
     * Builds the stack and announces its addresses on the link.
     *
     * @param device stays open when the stack is closed; its owner closes it
     * @param nowNanos the time at which the stack's time starts
     */
    public NetworkStack(final LinkDevice device, final StackConfig config, final long nowNanos) {
        this.device = device;
        device.reportTo(statistics);
        this.pool = new BufferPool(config.memoryLimitBytes());
        this.timers = new TimerWheel(nowNanos);
        this.internet = new InternetProtocol(pool, timers);
        this.ipv4 = new Ipv4Protocol(internet, pool, timers, statistics, config.random(), ReassemblyLimits.DEFAULT);
        this.networkInterface = new NetworkInterface(device, config.mac(), pool, statistics);
        final Ipv4Interface onLink = ipv4.addInterface(networkInterface, config.arp());
        for (final InterfaceAddress address : config.addresses()) {
            if (address.address().isIpv4()) {
                onLink.add(address, HostAddress.Origin.CONFIGURED);
            }
        }
        new IcmpProtocol(ipv4, pool, statistics, config.random(), config.icmpRates(), nowNanos);
        this.udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, config.random());
        internet.register(IpProtocol.UDP, udp);
        this.tcp =
                new TcpLayer(internet, pool, timers, statistics, config.random(), config.tcpLimits(), config.share());
        internet.register(IpProtocol.TCP, tcp);
        // Last, as secrets are drawn in this order: those of a stack without IPv6 are the same.
        final NdpConfig discovery = config.ndp();
        this.ipv6 = discovery == null ? null : addIpv6(config, discovery, nowNanos);
        onLink.start();
        if (ipv6 != null) {
            ipv6.interfaces().forEach(Ipv6Interface::start);
        }
        for (final StaticRoute route : config.routes()) {
            internet.routes().add(route.network(), route.prefixLength(), route.gateway(), networkInterface);
        }
        this.dhcp = config.dhcp() == null ? null : startDhcp(onLink, config.dhcp(), config.random());
    }

    private DhcpClient startDhcp(final Ipv4Interface onLink, final DhcpConfig settings, final RandomGenerator random) {
        final DhcpClient client = new DhcpClient(onLink, internet, udp, settings, timers, random);
        try {
            client.start();
        } catch (final SocketErrorException e) {
            throw new IllegalStateException("a new stack has no endpoint at the port of DHCP", e);
        }
        return client;
    }

    private Ipv6Protocol addIpv6(final StackConfig config, final NdpConfig discovery, final long nowNanos) {
        final RandomGenerator random = config.random();
        final Ipv6Protocol added =
                new Ipv6Protocol(internet, pool, timers, statistics, random, ReassemblyLimits.DEFAULT);
        final SipHash secret = config.interfaceSecret() == null ? SipHash.random(random) : config.interfaceSecret();
        final Ipv6Interface onLink = added.addInterface(networkInterface, discovery, secret);
        for (final InterfaceAddress address : config.addresses()) {
            if (!address.address().isIpv4()) {
                onLink.add(address);
            }
        }
        new Icmpv6Protocol(added, pool, statistics, random, config.icmpRates(), nowNanos);
        return added;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The segments that the frames cause are sent on the way. Segments that a full device refused are sent first at
     * the next poll.
     */
    @Override
    public boolean poll(final long nowNanos) throws IOException {
        device.advance(nowNanos);
        timers.advance(nowNanos);
        tcp.resume(nowNanos);
        udp.poll();
        internet.pollLoopback(FRAMES_PER_POLL, nowNanos);
        final int frames = networkInterface.poll(FRAMES_PER_POLL, nowNanos);
        final IOException failure = networkInterface.failure();
        if (failure != null) {
            throw failure;
        }
        // Connections that the frames have unblocked, by a smaller path MTU for example, continue at once.
        tcp.resume(nowNanos);
        networkInterface.flush();
        deviceIsFull = tcp.isBlocked() || udp.isBlocked();
        return frames == FRAMES_PER_POLL || internet.hasLoopbackPackets() || tcp.isResumeWanted();
    }

    @Override
    public void flush() {
        networkInterface.flush();
    }

    @Override
    public boolean isPollWanted() {
        // If the device was full at the last poll, its own event, that it has room, comes first.
        return internet.hasLoopbackPackets()
                || tcp.isResumeWanted()
                || (!deviceIsFull && (tcp.isBlocked() || udp.isBlocked()));
    }

    @Override
    public long bytesMoved() {
        return statistics.bytesReceived + statistics.bytesSent;
    }

    @Override
    public long nextDeadline() {
        return timers.nextDeadline();
    }

    @Override
    public LinkDevice device() {
        return device;
    }

    @Override
    public TimerWheel timers() {
        return timers;
    }

    /** The memory of the stack. */
    public BufferPool pool() {
        return pool;
    }

    public StackStatistics statistics() {
        return statistics;
    }

    /** The Internet layer of both versions. */
    public InternetProtocol internet() {
        return internet;
    }

    public Ipv4Protocol ipv4() {
        return ipv4;
    }

    /** IPv6, or null without an IPv6 address and without {@link StackConfig#ndp()}. */
    public @Nullable Ipv6Protocol ipv6() {
        return ipv6;
    }

    /** The DHCP client, or null without {@link StackConfig#dhcp()}. */
    public @Nullable DhcpClient dhcp() {
        return dhcp;
    }

    public UdpProtocol udp() {
        return udp;
    }

    public TcpProtocol tcp() {
        return tcp;
    }

    /** TCP as the Internet layer sees it. */
    TransportProtocol tcpTransport() {
        return tcp;
    }

    @Override
    public void close(final long nowNanos) {
        tcp.shutdown(nowNanos);
        if (dhcp != null) {
            dhcp.close();
        }
        // What ended connections and the lease must leave before the owner closes the device.
        networkInterface.flush();
        internet.stop();
    }
}
