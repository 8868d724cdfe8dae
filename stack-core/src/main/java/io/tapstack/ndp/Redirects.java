package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.ip.LearnedRoutes;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.NdpMessage;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Redirects (RFC 4861 8): a router tells a better first hop for one destination, or that the destination is on the
 * link. The oldest is forgotten when there are too many.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Redirects {

    private static final int HOST = 128;

    private final LearnedRoutes routes;
    private final int limit;
    // From the destination to the next hop, which is the destination itself if it is on the link.
    private final Map<IpAddress, IpAddress> nextHops = new LinkedHashMap<>();

    Redirects(final LearnedRoutes routes, final int limit) {
        this.routes = routes;
        this.limit = limit;
    }

    /**
     * Receives a redirect whose options are valid (RFC 4861 8.1, 8.3).
     *
     * @return the reason for the drop, or null
     */
    @Nullable
    DropReason receive(
            final ByteBuffer bytes,
            final int message,
            final NdpOptions options,
            final ReceivedPacket info,
            final NeighborCache neighbors) {
        final IpAddress target =
                IpAddress.ipv6(NdpMessage.targetHigh(bytes, message), NdpMessage.targetLow(bytes, message));
        final IpAddress destination =
                IpAddress.ipv6(NdpMessage.destinationHigh(bytes, message), NdpMessage.destinationLow(bytes, message));
        final boolean onLink = target.equals(destination);
        final boolean sound = !destination.isMulticast()
                && !destination.isAny()
                && !destination.isIpv4()
                && (onLink ? !destination.isLoopback() : target.isLinkLocal());
        if (!sound) {
            return DropReason.NDP_MALFORMED;
        }
        if (!Ipv6Header.isLinkLocal(info.sourceHigh()) || !Objects.equals(info.source(), routes.router(destination))) {
            // 8.1: only the first hop that the destination has now may redirect.
            return DropReason.NDP_SOURCE;
        }
        if (nextHops.size() >= limit && !nextHops.containsKey(destination)) {
            forgetOldest();
        }
        nextHops.put(destination, target);
        routes.set(destination, HOST, onLink ? null : target);
        if (options.targetLink() != NdpOptions.NONE) {
            final Neighbor neighbor = neighbors.neighbor(target);
            neighbor.heard(options.targetLink());
            if (!onLink) {
                neighbor.router(true);
            }
        }
        return null;
    }

    /** The next hop does not answer, or is no router any more: its destinations go by the default router again. */
    void forget(final IpAddress nextHop) {
        for (final Iterator<Map.Entry<IpAddress, IpAddress>> each =
                        nextHops.entrySet().iterator();
                each.hasNext(); ) {
            final Map.Entry<IpAddress, IpAddress> entry = each.next();
            if (entry.getValue().equals(nextHop)) {
                routes.remove(entry.getKey(), HOST);
                each.remove();
            }
        }
    }

    private void forgetOldest() {
        final IpAddress oldest = nextHops.keySet().iterator().next();
        nextHops.remove(oldest);
        routes.remove(oldest, HOST);
    }

    int size() {
        return nextHops.size();
    }

    void clear() {
        nextHops.clear();
    }
}
