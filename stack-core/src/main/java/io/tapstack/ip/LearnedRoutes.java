package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes that routers or servers taught the host, in the stack's table. A configured route for the same range stays
 * as it is.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class LearnedRoutes {

    private final RouteTable table;
    private final NetworkInterface link;
    private final List<Route> learned = new ArrayList<>();

    public LearnedRoutes(final RouteTable table, final NetworkInterface link) {
        this.table = table;
        this.link = link;
    }

    /**
     * Sets the route for a range.
     *
     * @param router the next hop, or null if the range is on the link
     */
    public void set(final IpAddress prefix, final int prefixLength, final @Nullable IpAddress router) {
        final Route wanted = new Route(prefix, prefixLength, router, link);
        final Route known = find(learned, prefix, prefixLength);
        if (wanted.equals(known)) {
            return;
        }
        if (known == null && find(table.routes(), prefix, prefixLength) != null) {
            return;
        }
        learned.remove(known);
        learned.add(wanted);
        table.add(wanted);
    }

    /** Removes the route for a range, if it was learned. */
    public void remove(final IpAddress prefix, final int prefixLength) {
        final Route known = find(learned, prefix, prefixLength);
        if (known == null) {
            return;
        }
        learned.remove(known);
        if (known.equals(find(table.routes(), prefix, prefixLength))) {
            table.remove(prefix, prefixLength);
        }
    }

    /** Removes all learned routes. */
    public void clear() {
        for (final Route route : List.copyOf(learned)) {
            remove(route.network(), route.prefixLength());
        }
    }

    /** The router for a destination, by all routes of the stack; null if it is on the link or has no route. */
    public @Nullable IpAddress router(final IpAddress destination) {
        final Route route = table.lookup(destination);
        return route == null ? null : route.gateway();
    }

    /** The number of learned routes. */
    public int size() {
        return learned.size();
    }

    private static @Nullable Route find(final List<Route> routes, final IpAddress prefix, final int prefixLength) {
        for (final Route route : routes) {
            if (route.prefixLength() == prefixLength && route.network().equals(prefix)) {
                return route;
            }
        }
        return null;
    }
}
