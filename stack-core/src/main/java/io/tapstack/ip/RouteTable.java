package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a stack, of both families; the longest matching prefix wins (RFC 1122 3.3.1, RFC 1812 5.2.4.3). A host
 * has a handful of routes, so they are in a list, longest prefix first, and paths keep the result until
 * {@link #version()} changes.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class RouteTable {

    private static final Comparator<Route> LONGEST_PREFIX_FIRST =
            Comparator.comparingInt(Route::prefixLength).reversed();

    private final List<Route> routes = new ArrayList<>();
    private int version;

    /** Adds a route; it replaces one for the same range. */
    public void add(final Route route) {
        remove(route.network(), route.prefixLength());
        routes.add(route);
        routes.sort(LONGEST_PREFIX_FIRST);
        version++;
    }

    /**
     * Sets the router for all addresses of its family that no other route matches.
     *
     * @throws IllegalArgumentException if {@code gateway} is not in a subnet of the link
     */
    public void defaultGateway(final IpAddress gateway, final NetworkInterface networkInterface) {
        add(gateway.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0, gateway, networkInterface);
    }

    /**
     * Adds a route by a router; it replaces one for the same range.
     *
     * @throws IllegalArgumentException if {@code gateway} is not in a subnet of the link
     */
    public void add(
            final IpAddress network,
            final int prefixLength,
            final IpAddress gateway,
            final NetworkInterface networkInterface) {
        final Route subnet = lookup(gateway);
        final boolean onLink =
                subnet != null && subnet.gateway() == null && subnet.networkInterface() == networkInterface;
        // RFC 4861 6.1.2: routers have link-local addresses, and each link has their prefix.
        if (!onLink && (gateway.isIpv4() || !gateway.isLinkLocal())) {
            throw new IllegalArgumentException("gateway " + gateway + " is not in the subnet " + subnets());
        }
        add(new Route(network, prefixLength, gateway, networkInterface));
    }

    private String subnets() {
        return routes.stream()
                .filter(route -> route.gateway() == null)
                .map(route -> route.network() + "/" + route.prefixLength())
                .collect(Collectors.joining(" or "));
    }

    /** @return false if there was no such route */
    public boolean remove(final IpAddress network, final int prefixLength) {
        version++;
        return routes.removeIf(
                route -> route.prefixLength() == prefixLength && route.network().equals(network));
    }

    /** The route for {@code destination}, or null if there is none. */
    public @Nullable Route lookup(final IpAddress destination) {
        return lookup(destination.high(), destination.low());
    }

    /** The same for an address in halves; allocates nothing. */
    public @Nullable Route lookup(final long high, final long low) {
        for (int i = 0; i < routes.size(); i++) {
            final Route route = routes.get(i);
            if (route.matches(high, low)) {
                return route;
            }
        }
        return null;
    }

    /** All routes, longest prefix first. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** A link has changed, so paths must look up their routes again. */
    public void changed() {
        version++;
    }

    /** Changes with every change of the table. */
    int version() {
        return version;
    }
}
