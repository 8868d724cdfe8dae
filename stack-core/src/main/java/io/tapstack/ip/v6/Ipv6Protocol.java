package io.tapstack.ip.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.IpVersion;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.Route;
import io.tapstack.ip.SourceSelection;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 (RFC 8200) for a host: our addresses, and the choice of a route and a source. {@link Ipv6Input} handles received
 * packets, {@link Ipv6Path} and {@link Ipv6Output} send.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv6Protocol implements IpVersion {

    private static final int IPV6_BITS = 128;

    private final InternetProtocol internet;
    private final BufferPool pool;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final SipHash flowKey;
    private final Ipv6Input input;
    private final Ipv6Output output;
    private final List<Ipv6Interface> interfaces = new ArrayList<>();
    private Icmpv6Input icmp;
    private Ipv6Reporter reporter = new SilentReporter();

    /**
     * Registers itself with {@code internet}.
     *
     * @param random for identifications, flow labels, and the jitter of timers
     */
    public Ipv6Protocol(
            final InternetProtocol internet,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final ReassemblyLimits limits) {
        this.internet = internet;
        this.pool = pool;
        this.wheel = wheel;
        this.statistics = statistics;
        this.random = random;
        this.flowKey = SipHash.random(random);
        this.input = new Ipv6Input(this, limits, pool, wheel, statistics);
        this.output = new Ipv6Output(this, pool, statistics, internet.pathMtus(), random);
        this.icmp = this::dropIcmp;
        internet.ipv6(this);
    }

    // ---- Assembling the stack

    /** Sets ICMPv6: the receiver of its messages, and the sender of errors. Without it none are sent. */
    public void icmp(final Icmpv6Input protocol, final Ipv6Reporter errors) {
        this.icmp = protocol;
        this.reporter = errors;
    }

    /**
     * Adds a link, without an address. Call {@link Ipv6Interface#start()} when the stack runs.
     *
     * @param ndp parameters of Neighbor Discovery
     * @param secret makes stable addresses (RFC 7217); the same secret makes the same addresses
     * @throws IllegalArgumentException if its MTU is less than IPv6 needs
     */
    public Ipv6Interface addInterface(final NetworkInterface link, final NdpConfig ndp, final SipHash secret) {
        final Ipv6Interface added =
                new Ipv6Interface(link, internet.routes(), ndp, secret, pool, wheel, statistics, random, input, output);
        interfaces.add(added);
        return added;
    }

    /** IPv6 on its links, in the order of addition. */
    public List<Ipv6Interface> interfaces() {
        return List.copyOf(interfaces);
    }

    /** IPv6 on {@code link}, which a route of ours names. */
    Ipv6Interface on(final NetworkInterface link) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).link() == link) {
                return interfaces.get(i);
            }
        }
        throw new IllegalArgumentException("a route by a link without IPv6");
    }

    @Override
    public void stop() {
        for (final Ipv6Interface each : interfaces) {
            each.stop();
        }
        input.clear();
    }

    @Override
    public void receiveOwn(final PacketBuffer packet, final long nowNanos) {
        input.receive(packet, null, true, nowNanos);
    }

    // ---- For transports

    @Override
    public @Nullable IpPath path(final IpAddress source, final IpAddress destination) {
        if (source.isIpv4() || destination.isIpv4() || destination.isAny()) {
            return null;
        }
        final IpAddress chosen = source.isAny() ? chooseSource(destination) : source;
        if (chosen == null) {
            return null;
        }
        final IpPath cached = internet.paths().find(chosen.high(), chosen.low(), destination.high(), destination.low());
        if (cached != null) {
            return cached;
        }
        if (!isLocal(chosen) || !isLocal(destination) && route(chosen, destination) == null) {
            return null;
        }
        final Ipv6Path path = new Ipv6Path(this, internet, output, statistics, chosen, destination);
        internet.paths().add(path);
        return path;
    }

    /** RFC 6724 5, among the addresses of the interface that the packet leaves by; null if there is none. */
    private @Nullable IpAddress chooseSource(final IpAddress destination) {
        if (isLocal(destination)) {
            return destination;
        }
        final Route route = route(IpAddress.ANY_IPV6, destination);
        if (route == null) {
            return null;
        }
        final HostAddress selected =
                SourceSelection.DEFAULT.select(on(route.networkInterface()).addresses(), destination, route.gateway());
        return selected == null ? null : selected.address();
    }

    /**
     * The route from {@code source} to {@code destination}, or null. An address that means a host or a group of one
     * link is on the link of {@code source}, or on the first link.
     *
     * @param source :: to leave it open
     */
    @Nullable
    Route route(final IpAddress source, final IpAddress destination) {
        if (!source.isAny() && (!isLocal(source) || source.isLoopback())) {
            // It was removed meanwhile; and no packet from ::1 leaves the host (RFC 4291 2.5.3).
            return null;
        }
        if (destination.isMulticast() || destination.isLinkLocal()) {
            final Ipv6Interface by = interfaceOf(source);
            return by == null ? null : new Route(destination, IPV6_BITS, null, by.link());
        }
        final Route route = internet.routes().lookup(destination.high(), destination.low());
        return route != null && on(route.networkInterface()).isUp() ? route : null;
    }

    private @Nullable Ipv6Interface interfaceOf(final IpAddress source) {
        for (final Ipv6Interface each : interfaces) {
            if (each.isUp() && (source.isAny() || each.isOurs(source.high(), source.low()))) {
                return each;
            }
        }
        return null;
    }

    @Override
    public boolean isLocal(final IpAddress address) {
        return isLocal(address.high(), address.low());
    }

    /** True for ::1 and the addresses (128 bits) of our interfaces that are in use; allocates nothing. */
    public boolean isLocal(final long high, final long low) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).isOurs(high, low)) {
                return true;
            }
        }
        return high == 0 && low == 1;
    }

    @Override
    public boolean isBroadcast(final IpAddress address) {
        return false;
    }

    // ---- For the other classes of this layer

    /** The receiver of a protocol number, or null if there is none. */
    public @Nullable TransportProtocol transport(final int protocol) {
        return internet.transport(protocol);
    }

    Icmpv6Input icmp() {
        return icmp;
    }

    @Override
    public Ipv6Reporter reporter() {
        return reporter;
    }

    /** The key of flow labels. */
    SipHash flowKey() {
        return flowKey;
    }

    private void dropIcmp(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final @Nullable Ipv6Interface arrival,
            final long nowNanos) {
        statistics.drop(DropReason.IP_UNKNOWN_PROTOCOL);
        packet.release();
    }

    /** The reporter of a stack without ICMPv6. */
    private static final class SilentReporter implements Ipv6Reporter {
        @Override
        public void portUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {}

        @Override
        public void reassemblyTimeExceeded(
                final PacketBuffer firstFragment, final ReceivedPacket info, final long nowNanos) {}

        @Override
        public void parameterProblem(
                final PacketBuffer packet,
                final ReceivedPacket info,
                final int code,
                final int pointer,
                final boolean multicastToo,
                final long nowNanos) {}
    }
}
