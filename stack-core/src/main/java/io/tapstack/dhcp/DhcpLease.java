package io.tapstack.dhcp;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server leased (RFC 2131 3, RFC 2132). Immutable.
 *
 * @param server the server's identifier
 * @param leaseSeconds the duration; {@link io.tapstack.time.Lifetime#INFINITE_SECONDS} for ever
 * @param renewalSeconds T1: from then on the client asks the server for more
 * @param rebindingSeconds T2: from then on it asks all servers
 * @param mtu of the link in bytes; 0 if the server does not tell
 * @param domain the domain of the host; empty if the server does not tell
 */
public record DhcpLease(
        InterfaceAddress address,
        IpAddress server,
        long leaseSeconds,
        long renewalSeconds,
        long rebindingSeconds,
        List<LeasedRoute> routes,
        List<IpAddress> dnsServers,
        String domain,
        int mtu) {

    /** Most routes and servers that are taken of one lease. */
    private static final int MOST_ENTRIES = 32;

    private static final int DEFAULT_PREFIX_LENGTH = 24;

    public DhcpLease {
        routes = List.copyOf(routes);
        dnsServers = List.copyOf(dnsServers);
    }

    /**
     * A route of a lease.
     *
     * @param router the next hop, or null if the range is on the link
     */
    public record LeasedRoute(
            IpAddress network, int prefixLength, @Nullable IpAddress router) {}

    /** The lease that an offer or an acknowledgement describes; null if it is none that a host can use. */
    static @Nullable DhcpLease of(final DhcpReply reply) {
        final IpAddress address = reply.yourAddress();
        final IpAddress server = reply.address(DhcpOption.SERVER_IDENTIFIER);
        final long lease = reply.number(DhcpOption.LEASE_TIME);
        final int bits = address.ipv4Bits();
        if (server == null || lease <= 0 || !IpAddress.isIpv4Host(bits) || address.isLoopback()) {
            return null;
        }
        final long t2 = time(reply.number(DhcpOption.REBINDING_TIME), lease, lease * 7 / 8);
        final long t1 = time(reply.number(DhcpOption.RENEWAL_TIME), t2, Math.min(lease / 2, t2));
        final List<IpAddress> dns = reply.addresses(DhcpOption.DNS_SERVERS);
        final long mtu = reply.number(DhcpOption.MTU);
        return new DhcpLease(
                new InterfaceAddress(address, prefixLength(reply.address(DhcpOption.SUBNET_MASK))),
                server,
                lease,
                t1,
                t2,
                routes(reply),
                dns.subList(0, Math.min(dns.size(), MOST_ENTRIES)),
                reply.text(DhcpOption.DOMAIN_NAME),
                (int) Math.max(mtu, 0));
    }

    /** RFC 2131 4.4.5: T1 is before T2, and T2 before the end. */
    private static long time(final long told, final long end, final long otherwise) {
        return told > 0 && told < end ? told : otherwise;
    }

    private static int prefixLength(final @Nullable IpAddress mask) {
        if (mask == null) {
            return DEFAULT_PREFIX_LENGTH;
        }
        final int length = Integer.bitCount(mask.ipv4Bits());
        final boolean sound = length > 0 && mask.ipv4Bits() == -1 << (32 - length);
        return sound ? length : DEFAULT_PREFIX_LENGTH;
    }

    private static List<LeasedRoute> routes(final DhcpReply reply) {
        final byte[] classless = reply.bytes(DhcpOption.CLASSLESS_ROUTES);
        if (classless != null) {
            // RFC 3442: with this option, the one with routers is ignored.
            return classlessRoutes(classless);
        }
        final IpAddress router = reply.address(DhcpOption.ROUTERS);
        return router == null || router.isAny() ? List.of() : List.of(new LeasedRoute(IpAddress.ANY_IPV4, 0, router));
    }

    /** RFC 3442: the length of a prefix, its significant bytes, and the router. */
    private static List<LeasedRoute> classlessRoutes(final byte[] value) {
        final List<LeasedRoute> routes = new ArrayList<>();
        int at = 0;
        while (at < value.length && routes.size() < MOST_ENTRIES) {
            final int length = value[at++] & 0xFF;
            final int significant = (length + 7) / 8;
            if (length > 32 || value.length - at < significant + Integer.BYTES) {
                return routes;
            }
            int network = 0;
            for (int i = 0; i < significant; i++) {
                network |= (value[at++] & 0xFF) << 24 - 8 * i;
            }
            int router = 0;
            for (int i = 0; i < Integer.BYTES; i++) {
                router = router << 8 | value[at++] & 0xFF;
            }
            routes.add(new LeasedRoute(
                    IpAddress.ipv4(network).prefix(length), length, router == 0 ? null : IpAddress.ipv4(router)));
        }
        return routes;
    }
}
