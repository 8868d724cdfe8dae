package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.NdpMessage;
import io.tapstack.wire.NdpOption;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Receives router advertisements (RFC 4861 6.3.4), and hands each part to the class that keeps it.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class RouterAdvertisements {

    private static final long MILLISECOND = 1_000_000L;

    /** RFC 4861 6.2.1: the largest ReachableTime that a router may send; the timer between solicitations has none. */
    private static final long MAX_MILLISECONDS = 3_600_000L;

    /** A router must not make its hosts flood the link with solicitations. */
    private static final long MIN_RETRANS_MILLISECONDS = 10;

    private static final int HOST_PREFIX = 128;
    private static final int ADDRESS_PREFIX = 64;

    private final NeighborCache neighbors;
    private final DuplicateAddressDetection duplicates;
    private final RouterList routers;
    private final RouterSolicitation solicitation;
    private final OnLinkPrefixes prefixes;
    private final AddressAutoconfiguration autoconfiguration;
    private final DnsAdvertisements dns;
    private final LinkParameters parameters;
    private final boolean autoconfigure;

    RouterAdvertisements(
            final NeighborCache neighbors,
            final DuplicateAddressDetection duplicates,
            final RouterList routers,
            final RouterSolicitation solicitation,
            final OnLinkPrefixes prefixes,
            final AddressAutoconfiguration autoconfiguration,
            final DnsAdvertisements dns,
            final LinkParameters parameters,
            final boolean autoconfigure) {
        this.neighbors = neighbors;
        this.duplicates = duplicates;
        this.routers = routers;
        this.solicitation = solicitation;
        this.prefixes = prefixes;
        this.autoconfiguration = autoconfiguration;
        this.dns = dns;
        this.parameters = parameters;
        this.autoconfigure = autoconfigure;
    }

    /**
     * Receives an advertisement whose options are valid.
     *
     * @param end the end of the options
     * @return the reason for the drop, or null
     */
    @Nullable
    DropReason receive(
            final ByteBuffer bytes,
            final int message,
            final int end,
            final NdpOptions options,
            final ReceivedPacket info) {
        if (!Ipv6Header.isLinkLocal(info.sourceHigh())) {
            // RFC 4861 6.1.2
            return DropReason.NDP_SOURCE;
        }
        final IpAddress router = info.source();
        learnNeighbor(router, options.sourceLink());
        learnTimers(bytes, message);
        parameters.hopLimit(NdpMessage.hopLimit(bytes, message));
        if (options.mtu() != NdpOptions.NONE) {
            parameters.mtu(options.mtu());
        }
        routers.advertised(
                router,
                IpAddress.ANY_IPV6,
                0,
                NdpMessage.routerLifetime(bytes, message),
                NdpMessage.routerPreference(bytes, message));
        for (int option = message + NdpMessage.ADVERTISEMENT_LENGTH;
                option < end;
                option += NdpOption.length(bytes, option)) {
            switch (NdpOption.type(bytes, option)) {
                case NdpOption.PREFIX_INFORMATION -> prefix(bytes, option, router);
                case NdpOption.ROUTE_INFORMATION -> route(bytes, option, router);
                case NdpOption.DNS_SERVERS -> dns.servers(bytes, option);
                case NdpOption.DNS_SEARCH_LIST -> dns.domains(bytes, option);
                default -> {}
            }
        }
        if (routers.hasDefault()) {
            // RFC 7559 2.1: one router is enough.
            solicitation.stop();
        }
        return null;
    }

    private void learnNeighbor(final IpAddress router, final long link) {
        if (link != NdpOptions.NONE) {
            final Neighbor neighbor = neighbors.neighbor(router);
            neighbor.router(true);
            neighbor.heard(link);
            return;
        }
        final Neighbor known = neighbors.find(router);
        if (known != null) {
            known.router(true);
        }
    }

    private void learnTimers(final ByteBuffer bytes, final int message) {
        final long reachable = NdpMessage.reachableTime(bytes, message);
        if (reachable > 0 && reachable <= MAX_MILLISECONDS) {
            neighbors.reachableNanos(reachable * MILLISECOND);
        }
        final long retrans = NdpMessage.retransTimer(bytes, message);
        if (retrans > 0 && retrans <= MAX_MILLISECONDS) {
            final long nanos = Math.max(retrans, MIN_RETRANS_MILLISECONDS) * MILLISECOND;
            neighbors.requestIntervalNanos(nanos);
            duplicates.retransNanos(nanos);
        }
    }

    private void prefix(final ByteBuffer bytes, final int option, final IpAddress router) {
        if (NdpOption.length(bytes, option) != NdpOption.PREFIX_INFORMATION_LENGTH) {
            return;
        }
        final int length = NdpOption.prefixLength(bytes, option);
        final long high = NdpOption.prefixHigh(bytes, option);
        final long valid = NdpOption.lifetime(bytes, option);
        final long preferred = NdpOption.preferredLifetime(bytes, option);
        if (length > HOST_PREFIX || Ipv6Header.isLinkLocal(high) || Ipv6Header.isMulticast(high)) {
            // RFC 4861 6.3.4, RFC 4862 5.5.3 (b): the link-local prefix is the host's own business.
            return;
        }
        if (NdpOption.isOnLink(bytes, option) && length > 0) {
            // A router that says that all the world is on the link would take the traffic of all other routers.
            final IpAddress prefix = IpAddress.ipv6(high, NdpOption.prefixLow(bytes, option));
            if (!prefix.isIpv4()) {
                prefixes.advertised(prefix.prefix(length), length, valid);
            }
        }
        // RFC 4862 5.5.3 (c) and (d): prefix and identifier must have 128 bits together.
        if (autoconfigure && NdpOption.isAutonomous(bytes, option) && length == ADDRESS_PREFIX && preferred <= valid) {
            autoconfiguration.advertised(router, high, valid, preferred);
        }
    }

    /** RFC 4191 2.3. */
    private void route(final ByteBuffer bytes, final int option, final IpAddress router) {
        final int length = NdpOption.prefixLength(bytes, option);
        final int preference = NdpOption.routePreference(bytes, option);
        final int bytesNeeded = length == 0 ? 0 : length <= 64 ? 8 : 16;
        final boolean fits =
                NdpOption.length(bytes, option) >= 8 + bytesNeeded && NdpOption.length(bytes, option) <= 24;
        if (!fits || length > HOST_PREFIX || preference == Integer.MIN_VALUE) {
            // RFC 4191 2.3: a route with the reserved preference is ignored.
            return;
        }
        final IpAddress prefix = IpAddress.ipv6(NdpOption.routeHigh(bytes, option), NdpOption.routeLow(bytes, option));
        if (!prefix.isIpv4() && !prefix.isMulticast() && !(length > 0 && prefix.isLinkLocal())) {
            routers.advertised(router, prefix.prefix(length), length, NdpOption.lifetime(bytes, option), preference);
        }
    }
}
