package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.LearnedRoutes;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.neighbor.NeighborEvents;
import io.tapstack.time.Lifetime;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The default router list (RFC 4861 6.3.4), and the more specific routes of RFC 4191, which differ in their prefix
 * alone. For each prefix the best router has the route: a reachable one before one that is not, then the one with the
 * higher preference (RFC 4191 3.2), then the one in use.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class RouterList implements NeighborEvents {

    private final LearnedRoutes routes;
    private final NeighborCache neighbors;
    private final StackStatistics statistics;
    private final int limit;
    private final Timer timer;
    private final TimerWheel wheel;
    private final Runnable noDefaultRouter;
    private final List<Entry> entries = new ArrayList<>();

    /** @param noDefaultRouter called when the last default router is gone */
    RouterList(
            final LearnedRoutes routes,
            final NeighborCache neighbors,
            final int limit,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final Runnable noDefaultRouter) {
        this.routes = routes;
        this.neighbors = neighbors;
        this.limit = limit;
        this.wheel = wheel;
        this.statistics = statistics;
        this.noDefaultRouter = noDefaultRouter;
        this.timer = new Timer(wheel, this::expire);
    }

    /**
     * A router advertised a route; the default route is ::/0.
     *
     * @param seconds 0 to withdraw it
     * @param preference 1 high, 0 medium, -1 low
     */
    void advertised(
            final IpAddress router,
            final IpAddress prefix,
            final int prefixLength,
            final long seconds,
            final int preference) {
        final Entry known = find(router, prefix, prefixLength);
        if (seconds == 0) {
            if (known != null) {
                remove(known);
            }
            return;
        }
        final long until = Lifetime.until(wheel.nowNanos(), seconds);
        if (known != null) {
            known.until = until;
            known.preference = preference;
        } else if (entries.size() >= limit) {
            // RFC 6583 6, RFC 4861 6.3.4: a host may limit the number of routers that it keeps.
            statistics.drop(DropReason.NDP_LIMIT);
            return;
        } else {
            entries.add(new Entry(router, prefix, prefixLength, until, preference));
        }
        choose(prefix, prefixLength);
        arm();
    }

    /** True if there is a default router. */
    boolean hasDefault() {
        for (final Entry entry : entries) {
            if (entry.prefixLength == 0) {
                return true;
            }
        }
        return false;
    }

    /** True if the host knows {@code address} as a router. */
    boolean isRouter(final IpAddress address) {
        for (final Entry entry : entries) {
            if (entry.router.equals(address)) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return entries.size();
    }

    void clear() {
        timer.cancel();
        entries.clear();
    }

    @Override
    public void reachabilityChanged(final Neighbor neighbor) {
        for (int i = 0; i < entries.size(); i++) {
            final Entry entry = entries.get(i);
            if (entry.router.equals(neighbor.address())) {
                // RFC 4861 7.3.3: next-hop determination finds another router when one does not answer.
                if (!neighbor.isProbablyReachable()) {
                    entry.failures = nextFailure(entry);
                }
                choose(entry.prefix, entry.prefixLength);
            }
        }
    }

    @Override
    public void noRouterAnyMore(final Neighbor neighbor) {
        for (final Entry entry : List.copyOf(entries)) {
            if (entry.router.equals(neighbor.address())) {
                remove(entry);
            }
        }
    }

    /** Above the numbers of all routers for the same prefix, so that suspects take turns (RFC 4861 6.3.6 (2)). */
    private long nextFailure(final Entry failed) {
        long last = 0;
        for (final Entry entry : entries) {
            last = entry.isFor(failed.prefix, failed.prefixLength) ? Math.max(last, entry.failures) : last;
        }
        return last + 1;
    }

    private @Nullable Entry find(final IpAddress router, final IpAddress prefix, final int prefixLength) {
        for (final Entry entry : entries) {
            if (entry.router.equals(router) && entry.isFor(prefix, prefixLength)) {
                return entry;
            }
        }
        return null;
    }

    private void remove(final Entry entry) {
        entries.remove(entry);
        choose(entry.prefix, entry.prefixLength);
        arm();
        if (entry.prefixLength == 0 && !hasDefault()) {
            noDefaultRouter.run();
        }
    }

    private void expire(final long nowNanos) {
        for (final Entry entry : List.copyOf(entries)) {
            if (Lifetime.isOver(entry.until, nowNanos)) {
                remove(entry);
            }
        }
        arm();
    }

    private void arm() {
        long earliest = Lifetime.FOREVER;
        for (final Entry entry : entries) {
            earliest = Lifetime.earlier(earliest, entry.until);
        }
        Lifetime.arm(timer, earliest);
    }

    /** Gives the route for a prefix to the best router. */
    private void choose(final IpAddress prefix, final int prefixLength) {
        Entry best = null;
        for (final Entry entry : entries) {
            if (entry.isFor(prefix, prefixLength) && (best == null || isBetter(entry, best))) {
                best = entry;
            }
        }
        for (final Entry entry : entries) {
            if (entry.isFor(prefix, prefixLength)) {
                entry.chosen = entry == best;
            }
        }
        if (best == null) {
            routes.remove(prefix, prefixLength);
        } else {
            routes.set(prefix, prefixLength, best.router);
        }
    }

    private boolean isBetter(final Entry a, final Entry b) {
        final boolean reachableA = isProbablyReachable(a);
        if (reachableA != isProbablyReachable(b)) {
            return reachableA;
        }
        if (!reachableA && a.failures != b.failures) {
            return a.failures < b.failures;
        }
        if (a.preference != b.preference) {
            return a.preference > b.preference;
        }
        return a.chosen;
    }

    private boolean isProbablyReachable(final Entry entry) {
        final Neighbor neighbor = neighbors.find(entry.router);
        return neighbor != null && neighbor.isProbablyReachable();
    }

    /** A route by one router. */
    private static final class Entry {
        private final IpAddress router;
        private final IpAddress prefix;
        private final int prefixLength;
        private long until;
        private int preference;
        private long failures;
        private boolean chosen;

        Entry(
                final IpAddress router,
                final IpAddress prefix,
                final int prefixLength,
                final long until,
                final int preference) {
            this.router = router;
            this.prefix = prefix;
            this.prefixLength = prefixLength;
            this.until = until;
            this.preference = preference;
        }

        boolean isFor(final IpAddress otherPrefix, final int otherLength) {
            return prefixLength == otherLength && prefix.equals(otherPrefix);
        }
    }
}
