package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The Internet layer of a stack: the IP versions, which share the routes, the path MTUs, the packets to ourselves and
 * the transports. The destination's family chooses the version.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class InternetProtocol implements InternetLayer {

    private final RouteTable routes = new RouteTable();
    private final PathCache paths = new PathCache();
    private final PathMtuCache pathMtus;
    private final LoopbackQueue loopback;
    private final @Nullable TransportProtocol[] transports = new TransportProtocol[256];
    private @Nullable IpVersion ipv4;
    private @Nullable IpVersion ipv6;

    public InternetProtocol(final BufferPool pool, final TimerWheel wheel) {
        this.pathMtus = new PathMtuCache(wheel);
        this.loopback = new LoopbackQueue(pool);
    }

    // ---- Assembling the stack

    /** Adds IPv4; without it, IPv4 addresses are unreachable. */
    public void ipv4(final IpVersion version) {
        this.ipv4 = version;
    }

    /** Adds IPv6; without it, IPv6 addresses are unreachable. */
    public void ipv6(final IpVersion version) {
        this.ipv6 = version;
    }

    /** Registers the transport for a protocol number of both versions. */
    public void register(final int protocol, final TransportProtocol transport) {
        transports[protocol] = transport;
    }

    /**
     * Limits the size of packets on the link, as {@code ip link set mtu} does.
     *
     * @throws IllegalArgumentException if that is less than IPv4 needs or more than the device takes
     */
    public void linkMtu(final NetworkInterface link, final int bytes) {
        link.mtu(bytes);
        routes.changed();
    }

    /** The routes of both versions. */
    public RouteTable routes() {
        return routes;
    }

    /** Drops all neighbours, fragments, and packets to ourselves. */
    public void stop() {
        if (ipv4 != null) {
            ipv4.stop();
        }
        if (ipv6 != null) {
            ipv6.stop();
        }
        pathMtus.clear();
        for (PacketBuffer packet = loopback.poll(); packet != null; packet = loopback.poll()) {
            packet.release();
        }
    }

    // ---- Running

    /**
     * Receives packets that the stack has sent to itself.
     *
     * @param budget most packets to receive; packets sent in response wait for the next call
     */
    public void pollLoopback(final int budget, final long nowNanos) {
        final int count = Math.min(budget, loopback.size());
        for (int i = 0; i < count; i++) {
            final PacketBuffer packet = loopback.poll();
            if (packet != null) {
                receiveOwn(packet, nowNanos);
            }
        }
    }

    private void receiveOwn(final PacketBuffer packet, final long nowNanos) {
        final IpVersion version = packet.memory().bytes().get(packet.head()) >>> 4 == 4 ? ipv4 : ipv6;
        if (version == null) {
            packet.release();
        } else {
            version.receiveOwn(packet, nowNanos);
        }
    }

    /** True if {@link #pollLoopback} has packets to receive, so the driver must not wait for frames first. */
    public boolean hasLoopbackPackets() {
        return !loopback.isEmpty();
    }

    // ---- For transports

    @Override
    public @Nullable IpPath path(final IpAddress source, final IpAddress destination) {
        final IpVersion version = version(destination.isIpv4());
        if (version == null) {
            return null;
        }
        if (source.isIpv4() == destination.isIpv4()) {
            return version.path(source, destination);
        }
        // "Any" of either family leaves the choice to the route.
        final IpAddress any = destination.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6;
        return source.isAny() ? version.path(any, destination) : null;
    }

    @Override
    public boolean isLocal(final IpAddress address) {
        final IpVersion version = version(address.isIpv4());
        return version != null && version.isLocal(address);
    }

    @Override
    public boolean isBroadcast(final IpAddress address) {
        final IpVersion version = version(address.isIpv4());
        return version != null && version.isBroadcast(address);
    }

    /** Sends ICMP errors of the version of the packet that they are about. */
    public IcmpReporter reporter() {
        return this::portUnreachable;
    }

    private void portUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final IpVersion version = version(info.isIpv4());
        if (version != null) {
            version.reporter().portUnreachable(packet, info, nowNanos);
        }
    }

    private @Nullable IpVersion version(final boolean four) {
        return four ? ipv4 : ipv6;
    }

    // ---- For the versions

    /** The transport for a protocol number, or null if there is none. */
    public @Nullable TransportProtocol transport(final int protocol) {
        return transports[protocol];
    }

    /** The recent paths. */
    public PathCache paths() {
        return paths;
    }

    public PathMtuCache pathMtus() {
        return pathMtus;
    }

    LoopbackQueue loopback() {
        return loopback;
    }
}
