package io.tapstack.ndp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.GroupMembership;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.LearnedRoutes;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.RouteTable;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.neighbor.NeighborEvents;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.NdpMessage;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Neighbor Discovery of a host on one Ethernet link (RFC 4861), and the addresses that the host makes (RFC 4862). It
 * checks received messages and puts the parts together, of which each has a class of its own.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class NdpProtocol {

    private static final int HOP_LIMIT = 255;
    private static final int LINK_LOCAL_LENGTH = 64;
    private static final long MAX_RTR_SOLICITATION_DELAY = 1_000_000_000L;

    private final StackStatistics statistics;
    private final NdpConfig config;
    private final RandomGenerator random;
    private final AddressList addresses;
    private final NeighborCache neighbors;
    private final DuplicateAddressDetection duplicates;
    private final NeighborMessages messages;
    private final LearnedRoutes routes;
    private final RouterList routers;
    private final RouterSolicitation solicitation;
    private final RouterAdvertisements advertisements;
    private final OnLinkPrefixes prefixes;
    private final Redirects redirects;
    private final AddressAutoconfiguration autoconfiguration;
    private final DnsAdvertisements dns;
    private final LinkParameters parameters;
    private final NdpOptions options = new NdpOptions();
    private boolean started;

    /**
     * @param link an Ethernet link
     * @param addresses of the link; addresses that are made are added, and all of IPv6 that are tentative are checked
     * @param routes gets what routers teach
     * @param groups the groups of addresses are joined here
     * @param secret makes stable addresses (RFC 7217 5, secret_key); the same secret makes the same addresses
     * @param random delays, nonces and temporary addresses
     * @param waiting takes back the packets that waited for an address
     * @param mtuChanged called with the MTU that a router advertises
     */
    public NdpProtocol(
            final NetworkInterface link,
            final AddressList addresses,
            final RouteTable routes,
            final GroupMembership groups,
            final NdpConfig config,
            final SipHash secret,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final WaitingPackets waiting,
            final IntConsumer mtuChanged) {
        final long mac = link.mac();
        final NdpConfig.Limits limits = config.limits();
        final NdpOutput output = new NdpOutput(link.port(), mac, pool, statistics);
        this.statistics = statistics;
        this.config = config;
        this.random = random;
        this.addresses = addresses;
        this.neighbors = new NeighborCache(wheel, config.neighbors(), statistics, random, this::solicit, waiting);
        this.duplicates =
                new DuplicateAddressDetection(output, groups, config, wheel, statistics, random, this::duplicateFound);
        this.messages = new NeighborMessages(output, addresses, duplicates, statistics, mac, config.speaksForAddress());
        this.routes = new LearnedRoutes(routes, link);
        this.solicitation = new RouterSolicitation(output, addresses, wheel, random);
        this.routers =
                new RouterList(this.routes, neighbors, limits.routes(), wheel, statistics, this::noDefaultRouter);
        this.prefixes = new OnLinkPrefixes(this.routes, limits.prefixes(), wheel, statistics);
        this.redirects = new Redirects(this.routes, limits.redirects());
        this.autoconfiguration = new AddressAutoconfiguration(
                addresses,
                duplicates,
                new InterfaceId(secret, mac),
                new TemporaryAddresses(addresses, duplicates, config, wheel, statistics, random),
                limits.addresses(),
                wheel,
                statistics);
        this.dns = new DnsAdvertisements(limits.dnsEntries(), wheel, statistics);
        this.parameters = new LinkParameters(link.mtu(), mtuChanged);
        this.advertisements = new RouterAdvertisements(
                neighbors,
                duplicates,
                routers,
                solicitation,
                prefixes,
                autoconfiguration,
                dns,
                parameters,
                config.autoconfigure());
        neighbors.observe(new NeighborEvents() {
            @Override
            public void reachabilityChanged(final Neighbor neighbor) {
                if (!neighbor.isProbablyReachable()) {
                    redirects.forget(neighbor.address());
                }
                routers.reachabilityChanged(neighbor);
            }

            @Override
            public void noRouterAnyMore(final Neighbor neighbor) {
                redirects.forget(neighbor.address());
                routers.noRouterAnyMore(neighbor);
            }
        });
        addresses.listen(this::addressChanged);
    }

    /** Checks the addresses for duplicates, makes a link-local one and solicits routers, as configured. */
    public void start() {
        started = true;
        routes.set(IpAddress.ipv6(AddressAutoconfiguration.LINK_LOCAL_PREFIX, 0), LINK_LOCAL_LENGTH, null);
        for (final HostAddress address : addresses.all()) {
            checkIfNew(address);
        }
        if (config.linkLocal()) {
            autoconfiguration.makeLinkLocal();
        }
        solicitUnlessChecking();
    }

    /** Forgets neighbours, routers, routes and prefixes, and disarms all timers. The addresses stay in their list. */
    public void stop() {
        started = false;
        solicitation.stop();
        duplicates.stop();
        autoconfiguration.stop();
        routers.clear();
        prefixes.clear();
        redirects.clear();
        routes.clear();
        dns.clear();
        neighbors.clear();
    }

    /**
     * Solicits routers, unless an address is being checked: they are solicited from that address afterwards (RFC 4861
     * 6.3.7).
     */
    private void solicitUnlessChecking() {
        if (config.acceptRouters() && config.speaksForAddress() && duplicates.checking() == 0) {
            solicitation.start(random.nextLong(MAX_RTR_SOLICITATION_DELAY));
        }
    }

    public NeighborCache neighbors() {
        return neighbors;
    }

    /** MTU and hop limit of the link. */
    public LinkParameters parameters() {
        return parameters;
    }

    /** The DNS servers that routers advertise. */
    public DnsAdvertisements dns() {
        return dns;
    }

    /** True if a router offers a default route now. */
    public boolean hasDefaultRouter() {
        return routers.hasDefault();
    }

    // ---- Addresses

    private void addressChanged(final HostAddress address) {
        if (!started || address.address().isIpv4()) {
            return;
        }
        checkIfNew(address);
        if (address.state() == AddressState.REMOVED && address.origin() == HostAddress.Origin.CONFIGURED) {
            duplicates.release(address);
        }
        if (address.isUsable() && config.acceptRouters() && config.speaksForAddress() && !routers.hasDefault()) {
            // RFC 4861 6.3.7: the check of the address has waited already, so there is no further delay.
            solicitation.start(0);
        }
    }

    /** Starts the check of a configured address; the addresses that the host makes are checked by their maker. */
    private void checkIfNew(final HostAddress address) {
        if (address.origin() == HostAddress.Origin.CONFIGURED
                && address.state() == AddressState.TENTATIVE
                && !address.address().isIpv4()) {
            duplicates.start(address);
        }
    }

    private void duplicateFound(final HostAddress address) {
        autoconfiguration.duplicate(address);
        if (started && !routers.hasDefault()) {
            solicitUnlessChecking();
        }
    }

    private void noDefaultRouter() {
        if (started && config.speaksForAddress()) {
            solicitation.start(random.nextLong(MAX_RTR_SOLICITATION_DELAY));
        }
    }

    private void solicit(final Neighbor neighbor) {
        messages.solicit(neighbor);
    }

    // ---- Messages

    /**
     * Receives an ICMPv6 message of the types 133 to 137, its checksum valid and its head at the type, and releases it.
     */
    public void receive(final PacketBuffer packet, final ReceivedPacket info) {
        final DropReason reason = process(packet, info);
        if (reason != null) {
            statistics.drop(reason);
        }
        packet.release();
    }

    private @Nullable DropReason process(final PacketBuffer packet, final ReceivedPacket info) {
        if (info.hopLimit() != HOP_LIMIT) {
            // RFC 4861 6.1, 7.1, 8.1: a packet that passed a router is not from a neighbour.
            return DropReason.NDP_HOP_LIMIT;
        }
        if (info.isReassembled()) {
            return DropReason.NDP_FRAGMENT;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int message = packet.head();
        final int end = packet.tail();
        if (end - message < Icmpv6Header.LENGTH) {
            return DropReason.NDP_MALFORMED;
        }
        final int type = Icmpv6Header.type(bytes, message);
        final int fixed = NdpMessage.fixedLength(type);
        if (fixed < 0
                || end - message < fixed
                || Icmpv6Header.code(bytes, message) != 0
                || !options.read(bytes, message + fixed, end)) {
            return DropReason.NDP_MALFORMED;
        }
        return switch (type) {
            case Icmpv6Header.NEIGHBOR_SOLICITATION -> messages.solicitation(bytes, message, options, info, neighbors);
            case Icmpv6Header.NEIGHBOR_ADVERTISEMENT ->
                messages.advertisement(bytes, message, options, info, neighbors);
            case Icmpv6Header.ROUTER_ADVERTISEMENT ->
                config.acceptRouters()
                        ? advertisements.receive(bytes, message, end, options, info)
                        : DropReason.NDP_NOT_FOR_US;
            case Icmpv6Header.REDIRECT ->
                config.acceptRouters()
                        ? redirects.receive(bytes, message, options, info, neighbors)
                        : DropReason.NDP_NOT_FOR_US;
            // RFC 4861 6.2.6: a host discards router solicitations.
            default -> DropReason.NDP_NOT_FOR_US;
        };
    }

    // ---- For tests

    AddressList addresses() {
        return addresses;
    }

    /** Entries of the tables that routers fill: routes, prefixes, addresses, redirects. */
    int tableEntries() {
        return routers.size() + prefixes.size() + autoconfiguration.size() + redirects.size() + routes.size();
    }
}
