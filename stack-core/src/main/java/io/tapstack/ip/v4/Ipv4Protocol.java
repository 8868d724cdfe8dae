package io.tapstack.ip.v4;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.IpVersion;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.Route;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 (RFC 791) for a host (RFC 1122 3): our addresses, and the choice of a route and a source. {@link Ipv4Input}
 * handles received packets, {@link Ipv4Path} and {@link Ipv4Output} send.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv4Protocol implements IpVersion {

    private static final int LIMITED_BROADCAST = -1;
    private static final int LOOPBACK_HOST = 0x7F00_0001;

    private final InternetProtocol internet;
    private final BufferPool pool;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final DatagramIds ids;
    private final Ipv4Input input;
    private final Ipv4Output output;
    private final List<Ipv4Interface> interfaces = new ArrayList<>();
    private @Nullable TransportProtocol icmp;
    private Ipv4Reporter reporter = new SilentReporter();

    /**
     * Registers itself with {@code internet}.
     *
     * @param random for identifications and the jitter of timers
     */
    public Ipv4Protocol(
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
        this.ids = new DatagramIds(random);
        this.input = new Ipv4Input(this, limits, pool, wheel, statistics);
        this.output = new Ipv4Output(pool, statistics, internet.pathMtus());
        internet.ipv4(this);
    }

    // ---- Assembling the stack

    /** Sets ICMP: the receiver of its messages, and the sender of errors. Without it none are sent. */
    public void icmp(final TransportProtocol protocol, final Ipv4Reporter errors) {
        this.icmp = protocol;
        this.reporter = errors;
    }

    /**
     * Adds a link, without an address. Call {@link Ipv4Interface#start()} when the stack runs.
     *
     * @param arp parameters of address resolution
     */
    public Ipv4Interface addInterface(final NetworkInterface link, final ArpConfig arp) {
        final Ipv4Interface added =
                new Ipv4Interface(link, internet.routes(), arp, pool, wheel, statistics, random, input, output);
        interfaces.add(added);
        return added;
    }

    /** Adds a link with a configured address, as {@link #addInterface(NetworkInterface, ArpConfig)} does. */
    public Ipv4Interface addInterface(
            final NetworkInterface link, final InterfaceAddress address, final ArpConfig arp) {
        final Ipv4Interface added = addInterface(link, arp);
        added.add(address, HostAddress.Origin.CONFIGURED);
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

    @Override
    public void stop() {
        for (final Ipv4Interface each : interfaces) {
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
        final IpPath cached = internet.paths().find(0, IpAddress.ipv4Low(chosen), 0, IpAddress.ipv4Low(destination));
        if (cached != null) {
            return cached;
        }
        if (chosen == 0 ? route(0, destination) == null : !isLocal(chosen)) {
            return null;
        }
        if (!isLocal(destination) && (isLoopback(chosen) || route(chosen, destination) == null)) {
            return null;
        }
        final Ipv4Path path = new Ipv4Path(this, internet, output, statistics, chosen, destination);
        internet.paths().add(path);
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
        if (route == null) {
            return 0;
        }
        final IpAddress gateway = route.gateway();
        return on(route.networkInterface()).source(gateway == null ? destination : gateway.ipv4Bits());
    }

    /**
     * The route from {@code source} to {@code destination}, or null. A broadcast or group without a route uses the link
     * of {@code source}, or the first link.
     */
    @Nullable
    Route route(final int source, final int destination) {
        final boolean isGroup = destination >>> 28 == 0xE;
        final Route route =
                destination == LIMITED_BROADCAST ? null : internet.routes().lookup(0, IpAddress.ipv4Low(destination));
        if (route != null && (!isGroup || route.gateway() == null)) {
            return isUsable(on(route.networkInterface()), source) ? route : null;
        }
        if (destination != LIMITED_BROADCAST && !isGroup) {
            return null;
        }
        for (final Ipv4Interface each : interfaces) {
            if (isUsable(each, source)) {
                return new Route(IpAddress.ipv4(destination), 32, null, each.link());
            }
        }
        for (final Ipv4Interface each : interfaces) {
            if (source == 0 && destination == LIMITED_BROADCAST && each.lacksAddress()) {
                return new Route(IpAddress.ipv4(destination), 32, null, each.link());
            }
        }
        return null;
    }

    /** True if packets may leave by {@code by} from {@code source}, which is 0 to leave it open. */
    private static boolean isUsable(final Ipv4Interface by, final int source) {
        return source == 0 ? by.isReady() : by.uses(source);
    }

    @Override
    public boolean isLocal(final IpAddress address) {
        return address.isIpv4() && isLocal(address.ipv4Bits());
    }

    /** True for the addresses of our interfaces, in any state, and for 127.0.0.0/8. */
    boolean isLocal(final int address) {
        for (int i = 0; i < interfaces.size(); i++) {
            if (interfaces.get(i).has(address)) {
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
            if (interfaces.get(i).isDirectedBroadcast(address)) {
                return true;
            }
        }
        return address == LIMITED_BROADCAST;
    }

    static boolean isLoopback(final int address) {
        return address >>> 24 == 127;
    }

    // ---- For the other classes of this layer

    /** The receiver of a protocol number, or null if there is none. */
    public @Nullable TransportProtocol transport(final int protocol) {
        return protocol == IpProtocol.ICMP ? icmp : internet.transport(protocol);
    }

    @Override
    public Ipv4Reporter reporter() {
        return reporter;
    }

    DatagramIds ids() {
        return ids;
    }

    /** The reporter of a stack without ICMP. */
    private static final class SilentReporter implements Ipv4Reporter {
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
