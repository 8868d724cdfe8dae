package io.tapstack.ip;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 (RFC 791) for a host (RFC 1122 3): our addresses, routes, and the transports by protocol number.
 * {@link Ipv4Input} handles received packets, {@link Ipv4Path} and {@link Ipv4Output} send.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv4Protocol implements InternetLayer {

    private static final int LIMITED_BROADCAST = -1;
    private static final int LOOPBACK_HOST = 0x7F00_0001;
    private static final int CACHED_PATHS = 256;

    private final BufferPool pool;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final RouteTable routes = new RouteTable();
    private final PathMtuCache pathMtus;
    private final DatagramIds ids;
    private final LoopbackQueue loopback;
    private final Ipv4Input input;
    private final Ipv4Output output;
    private final List<Ipv4Interface> interfaces = new ArrayList<>();
    private final @Nullable TransportProtocol[] transports = new TransportProtocol[256];
    private final @Nullable Ipv4Path[] paths = new Ipv4Path[CACHED_PATHS];
    private IcmpReporter icmp = new SilentReporter();

    public Ipv4Protocol(
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random) {
        this(pool, wheel, statistics, random, ReassemblyLimits.DEFAULT);
    }

    /** @param random for identifications and the jitter of timers */
    public Ipv4Protocol(
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final ReassemblyLimits limits) {
        this.pool = pool;
        this.wheel = wheel;
        this.statistics = statistics;
        this.random = random;
        this.pathMtus = new PathMtuCache(wheel);
        this.ids = new DatagramIds(random);
        this.loopback = new LoopbackQueue(pool);
        this.input = new Ipv4Input(this, limits, pool, wheel, statistics);
        this.output = new Ipv4Output(pool, statistics, pathMtus);
    }

    // ---- Assembling the stack

    /** Registers the transport for a protocol number. */
    public void register(final int protocol, final TransportProtocol transport) {
        transports[protocol] = transport;
    }

    /** Sets the sender of ICMP errors; without one none are sent. */
    public void reportTo(final IcmpReporter reporter) {
        this.icmp = reporter;
    }

    /**
     * Puts an address on a link, with a route to its subnet. Call {@link Ipv4Interface#start()} when the stack runs.
     *
     * @param arp parameters of address resolution
     */
    public Ipv4Interface addInterface(
            final NetworkInterface link, final InterfaceAddress address, final ArpConfig arp) {
        final Ipv4Interface added =
                new Ipv4Interface(link, address, arp, pool, wheel, statistics, random, input, output);
        interfaces.add(added);
        routes.add(new Route(IpAddress.ipv4(address.networkBits()), address.prefixLength(), null, link));
        return added;
    }

    /** IPv4 on its links, in the order of addition. */
    public List<Ipv4Interface> interfaces() {
        return List.copyOf(interfaces);
    }

    /** IPv4 on {@code link}, which a route of ours names. */
    Ipv4Interface on(final NetworkInterface link) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).link() == link) {
                return interfaces.get(i);
            }
        }
        throw new IllegalArgumentException("a route by a link without IPv4");
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

    public RouteTable routes() {
        return routes;
    }

    /** Drops all neighbours, fragments, and packets to ourselves. */
    public void stop() {
        for (final Ipv4Interface each : interfaces) {
            each.stop();
        }
        input.clear();
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
                input.receive(packet, null, true, nowNanos);
            }
        }
    }

    /** True if {@link #pollLoopback} has packets to receive, so the driver must not wait for frames first. */
    public boolean hasLoopbackPackets() {
        return !loopback.isEmpty();
    }

    // ---- For transports

    @Override
    public @Nullable IpPath path(final IpAddress source, final IpAddress destination) {
        if (!source.isIpv4() || !destination.isIpv4() || destination.isAny()) {
            return null;
        }
        return path(source.ipv4Bits(), destination.ipv4Bits());
    }

    /**
     * As {@link #path(IpAddress, IpAddress)}, for addresses as 32 bits; allocates nothing for a recently used pair.
     *
     * @param source 0 to let the route decide
     */
    public @Nullable IpPath path(final int source, final int destination) {
        final int chosen = source == 0 ? chooseSource(destination) : source;
        final int slot = ((chosen * 31 + destination) * 0x9E37_79B9) >>> 24;
        final Ipv4Path cached = paths[slot];
        if (cached != null && cached.isBetween(chosen, destination) && cached.leadsSomewhere()) {
            return cached;
        }
        if (chosen == 0 || !isLocal(chosen)) {
            return null;
        }
        if (!isLocal(destination) && (isLoopback(chosen) || route(chosen, destination) == null)) {
            return null;
        }
        final Ipv4Path path = new Ipv4Path(this, output, pathMtus, statistics, chosen, destination);
        paths[slot] = path;
        return path;
    }

    /** RFC 1122 3.3.4.3: the address of the interface that the packet leaves by. */
    private int chooseSource(final int destination) {
        if (isLoopback(destination)) {
            return LOOPBACK_HOST;
        }
        if (isLocal(destination)) {
            return destination;
        }
        final Route route = route(0, destination);
        return route == null
                ? 0
                : on(route.networkInterface()).address().address().ipv4Bits();
    }

    /**
     * The route from {@code source} to {@code destination}, or null. A broadcast or group without a route uses the link
     * of {@code source}, or the first link.
     */
    @Nullable
    Route route(final int source, final int destination) {
        final boolean isGroup = destination >>> 28 == 0xE;
        final Route route = destination == LIMITED_BROADCAST ? null : routes.lookup(destination);
        if (route != null && (!isGroup || route.gateway() == null)) {
            return on(route.networkInterface()).isReady() ? route : null;
        }
        if (destination != LIMITED_BROADCAST && !isGroup) {
            return null;
        }
        for (final Ipv4Interface each : interfaces) {
            if (each.isReady() && (source == 0 || each.address().address().ipv4Bits() == source)) {
                return new Route(IpAddress.ipv4(destination), 32, null, each.link());
            }
        }
        return null;
    }

    @Override
    public boolean isLocal(final IpAddress address) {
        return address.isIpv4() && isLocal(address.ipv4Bits());
    }

    /** True for the addresses of our interfaces and for 127.0.0.0/8. */
    boolean isLocal(final int address) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).address().address().ipv4Bits() == address) {
                return true;
            }
        }
        return isLoopback(address);
    }

    @Override
    public boolean isBroadcast(final IpAddress address) {
        return address.isIpv4() && isBroadcast(address.ipv4Bits());
    }

    boolean isBroadcast(final int address) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).address().isDirectedBroadcast(address)) {
                return true;
            }
        }
        return address == LIMITED_BROADCAST;
    }

    static boolean isLoopback(final int address) {
        return address >>> 24 == 127;
    }

    // ---- For the other classes of this layer

    /** The transport for a protocol number, or null if there is none. */
    public @Nullable TransportProtocol transport(final int protocol) {
        return transports[protocol];
    }

    IcmpReporter icmp() {
        return icmp;
    }

    DatagramIds ids() {
        return ids;
    }

    LoopbackQueue loopback() {
        return loopback;
    }

    /** The reporter of a stack without ICMP. */
    private static final class SilentReporter implements IcmpReporter {
        @Override
        public void protocolUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {}

        @Override
        public void portUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {}

        @Override
        public void reassemblyTimeExceeded(
                final PacketBuffer firstFragment, final ReceivedPacket info, final long nowNanos) {}

        @Override
        public void parameterProblem(
                final PacketBuffer packet, final ReceivedPacket info, final int pointer, final long nowNanos) {}
    }
}
