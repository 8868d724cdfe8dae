package io.tapstack.stack;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.QueueShare;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.SipHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link NetworkStack}; immutable. A setting that is added later has a default, and neither
 * {@link #of} nor the builder changes for it.
 *
 * <pre>{@code
 * StackConfig config = StackConfig.builder(InterfaceAddress.parse("10.0.0.2/24"))
 *         .gateway(IpAddress.parse("10.0.0.1"))
 *         .memoryLimit(64 << 20)
 *         .build();
 * }</pre>
 */
public final class StackConfig {

    // Locally administered, unicast (IEEE 802 8.2).
    private static final long LOCAL_MAC = 0x02_00_00_00_00_00L;

    private static final NdpConfig STATIC_IPV6 = NdpConfig.DEFAULT.withRouters(false);

    private final List<InterfaceAddress> addresses;
    private final MacAddress mac;
    private final List<StaticRoute> routes;
    private final ArpConfig arp;
    private final @Nullable DhcpConfig dhcp;
    private final @Nullable NdpConfig ndp;
    private final @Nullable SipHash interfaceSecret;
    private final IcmpRates icmpRates;
    private final TcpLimits tcpLimits;
    private final long memoryLimitBytes;
    private final RandomGenerator random;
    private final @Nullable QueueShare share;

    private StackConfig(final Builder builder) {
        final MacAddress chosen = builder.mac;
        this.addresses = List.copyOf(builder.addresses);
        this.random = builder.random == null ? new SecureRandom() : builder.random;
        this.mac = chosen == null ? MacAddress.of(LOCAL_MAC | random.nextLong() & 0xFF_FFFF_FFFFL) : chosen;
        this.routes = List.copyOf(builder.routes);
        this.arp = builder.arp;
        this.dhcp = builder.dhcp;
        this.ndp = builder.ndp;
        this.interfaceSecret = builder.interfaceSecret;
        this.icmpRates = builder.icmpRates;
        this.tcpLimits = builder.tcpLimits;
        this.memoryLimitBytes = builder.memoryLimitBytes;
        this.share = builder.share;
    }

    /** A stack with unpredictable secrets, a random Ethernet address and default limits. */
    public static StackConfig of(final InterfaceAddress address) {
        return builder(address).build();
    }

    /** The same, with all randomness from {@code random}. */
    public static StackConfig of(final InterfaceAddress address, final RandomGenerator random) {
        return builder(address).random(random).build();
    }

    /** A builder with the settings of {@link #of(InterfaceAddress)}. */
    public static Builder builder(final InterfaceAddress address) {
        return new Builder(List.of(address));
    }

    /** The same without an address: the stack gets its addresses by DHCP or from routers. */
    public static Builder builder() {
        return new Builder(List.of());
    }

    /** A builder with the settings of this configuration. */
    public Builder toBuilder() {
        final Builder builder = new Builder(addresses);
        builder.mac = mac;
        builder.routes.addAll(routes);
        builder.arp = arp;
        builder.dhcp = dhcp;
        builder.ndp = ndp;
        builder.interfaceSecret = interfaceSecret;
        builder.icmpRates = icmpRates;
        builder.tcpLimits = tcpLimits;
        builder.memoryLimitBytes = memoryLimitBytes;
        builder.random = random;
        builder.share = share;
        return builder;
    }

    /** The stack's first address and the length of its subnet's prefix. */
    public InterfaceAddress address() {
        return addresses.get(0);
    }

    /** The stack's addresses, of either family, with the lengths of their subnets' prefixes; at least one. */
    public List<InterfaceAddress> addresses() {
        return addresses;
    }

    /** The stack's Ethernet address; of no meaning on a link without Ethernet. */
    public MacAddress mac() {
        return mac;
    }

    /** The first router for all other subnets, or null for none. */
    public @Nullable IpAddress gateway() {
        return routes.stream()
                .filter(route -> route.prefixLength() == 0)
                .map(StaticRoute::gateway)
                .findFirst()
                .orElse(null);
    }

    /** The routes by a router, of either family; that to all other subnets has a prefix length of 0. */
    public List<StaticRoute> routes() {
        return routes;
    }

    /** The numbers of address resolution. */
    public ArpConfig arp() {
        return arp;
    }

    /** DHCP for an IPv4 address; null for none. */
    public @Nullable DhcpConfig dhcp() {
        return dhcp;
    }

    /**
     * Neighbor Discovery of IPv6 and the addresses that the stack makes; null for a stack without IPv6. Without a
     * setting, a stack with an IPv6 address has a link-local one as well, and ignores routers.
     */
    public @Nullable NdpConfig ndp() {
        if (ndp != null) {
            return ndp;
        }
        final boolean hasIpv6 =
                addresses.stream().anyMatch(each -> !each.address().isIpv4());
        return hasIpv6 ? STATIC_IPV6 : null;
    }

    /** The secret of stable IPv6 addresses (RFC 7217); null for a random one. */
    public @Nullable SipHash interfaceSecret() {
        return interfaceSecret;
    }

    /** How many ICMP messages are sent. */
    public IcmpRates icmpRates() {
        return icmpRates;
    }

    /** How many connections, half-open connections and TIME-WAITs TCP keeps. */
    public TcpLimits tcpLimits() {
        return tcpLimits;
    }

    /** See {@link BufferPool#limitBytes()}. */
    public long memoryLimitBytes() {
        return memoryLimitBytes;
    }

    /** The source of every secret and every jitter: unpredictable, or seeded so that a run can be repeated. */
    public RandomGenerator random() {
        return random;
    }

    /** The part of this stack, if several share the address ({@link StackGroup}); null for all. */
    public @Nullable QueueShare share() {
        return share;
    }

    public StackConfig withGateway(final IpAddress gateway) {
        return toBuilder().gateway(gateway).build();
    }

    public StackConfig withMac(final MacAddress mac) {
        return toBuilder().mac(mac).build();
    }

    public StackConfig withArp(final ArpConfig arp) {
        return toBuilder().arp(arp).build();
    }

    public StackConfig withMemoryLimit(final long bytes) {
        return toBuilder().memoryLimit(bytes).build();
    }

    public StackConfig withTcpLimits(final TcpLimits limits) {
        return toBuilder().tcpLimits(limits).build();
    }

    /** For one of several stacks, with a source of randomness of its own. */
    StackConfig forQueue(final QueueShare newShare, final RandomGenerator newRandom) {
        final Builder builder = toBuilder()
                .memoryLimit(Math.max(1, memoryLimitBytes / newShare.steering().queues()))
                .arp(newShare.isFirst() ? arp : arp.silent())
                .random(newRandom);
        final NdpConfig discovery = ndp();
        if (discovery != null && !newShare.isFirst()) {
            builder.ndp(discovery.silent());
        }
        builder.share = newShare;
        return builder.build();
    }

    /** Collects the settings of a {@link StackConfig}. Confined to one thread; can build several. */
    public static final class Builder {

        private final List<InterfaceAddress> addresses;
        private final List<StaticRoute> routes = new ArrayList<>();
        private @Nullable MacAddress mac;
        private ArpConfig arp = ArpConfig.DEFAULT;
        private @Nullable DhcpConfig dhcp;
        private @Nullable NdpConfig ndp;
        private @Nullable SipHash interfaceSecret;
        private IcmpRates icmpRates = IcmpRates.DEFAULT;
        private TcpLimits tcpLimits = TcpLimits.DEFAULT;
        private long memoryLimitBytes = BufferPool.DEFAULT_LIMIT_BYTES;
        private @Nullable RandomGenerator random;
        private @Nullable QueueShare share;

        private Builder(final List<InterfaceAddress> addresses) {
            this.addresses = new ArrayList<>(addresses);
        }

        /** Adds an address, of either family; see {@link StackConfig#addresses()}. */
        public Builder address(final InterfaceAddress another) {
            addresses.add(another);
            return this;
        }

        /** See {@link StackConfig#mac()}; without it, a random local address. */
        public Builder mac(final MacAddress address) {
            this.mac = address;
            return this;
        }

        /** The router for all other subnets of its family; without it, none. */
        public Builder gateway(final IpAddress router) {
            return route(StaticRoute.byDefault(router));
        }

        /** Adds a route, which replaces one to the same range; see {@link StackConfig#routes()}. */
        public Builder route(final StaticRoute route) {
            routes.removeIf(each -> each.prefixLength() == route.prefixLength()
                    && each.network().equals(route.network()));
            routes.add(route);
            return this;
        }

        /** See {@link StackConfig#arp()}. */
        public Builder arp(final ArpConfig config) {
            this.arp = config;
            return this;
        }

        /** See {@link StackConfig#dhcp()}; without it, none. */
        public Builder dhcp(final DhcpConfig config) {
            this.dhcp = config;
            return this;
        }

        /** See {@link StackConfig#ndp()}. */
        public Builder ndp(final NdpConfig config) {
            this.ndp = config;
            return this;
        }

        /** See {@link StackConfig#interfaceSecret()}. */
        public Builder interfaceSecret(final SipHash secret) {
            this.interfaceSecret = secret;
            return this;
        }

        /** See {@link StackConfig#icmpRates()}. */
        public Builder icmpRates(final IcmpRates rates) {
            this.icmpRates = rates;
            return this;
        }

        /** See {@link StackConfig#tcpLimits()}. */
        public Builder tcpLimits(final TcpLimits limits) {
            this.tcpLimits = limits;
            return this;
        }

        /** See {@link StackConfig#memoryLimitBytes()}. */
        public Builder memoryLimit(final long bytes) {
            this.memoryLimitBytes = bytes;
            return this;
        }

        /** See {@link StackConfig#random()}; without it, a {@link SecureRandom}. */
        public Builder random(final RandomGenerator source) {
            this.random = source;
            return this;
        }

        public StackConfig build() {
            return new StackConfig(this);
        }
    }
}
