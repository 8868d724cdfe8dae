package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.LearnedRoutes;
import io.tapstack.time.Lifetime;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prefix list (RFC 4861 5.1): the prefixes on the link, with their lifetimes. A destination is on the link only if
 * a prefix here says so; the prefix of an own address does not (RFC 5942 4).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class OnLinkPrefixes {

    private final LearnedRoutes routes;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final int limit;
    private final Timer timer;
    private final List<Entry> entries = new ArrayList<>();

    OnLinkPrefixes(
            final LearnedRoutes routes, final int limit, final TimerWheel wheel, final StackStatistics statistics) {
        this.routes = routes;
        this.limit = limit;
        this.wheel = wheel;
        this.statistics = statistics;
        this.timer = new Timer(wheel, this::expire);
    }

    /** A router advertised that a prefix is on the link (RFC 4861 6.3.4); 0 seconds end it at once. */
    void advertised(final IpAddress prefix, final int prefixLength, final long seconds) {
        final Entry known = find(prefix, prefixLength);
        if (seconds == 0) {
            if (known != null) {
                remove(known);
                arm();
            }
            return;
        }
        final long until = Lifetime.until(wheel.nowNanos(), seconds);
        if (known != null) {
            known.until = until;
        } else if (entries.size() >= limit) {
            statistics.drop(DropReason.NDP_LIMIT);
            return;
        } else {
            entries.add(new Entry(prefix, prefixLength, until));
            routes.set(prefix, prefixLength, null);
        }
        arm();
    }

    int size() {
        return entries.size();
    }

    void clear() {
        timer.cancel();
        entries.clear();
    }

    private @Nullable Entry find(final IpAddress prefix, final int prefixLength) {
        for (final Entry entry : entries) {
            if (entry.prefixLength == prefixLength && entry.prefix.equals(prefix)) {
                return entry;
            }
        }
        return null;
    }

    private void remove(final Entry entry) {
        entries.remove(entry);
        routes.remove(entry.prefix, entry.prefixLength);
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

    private static final class Entry {
        private final IpAddress prefix;
        private final int prefixLength;
        private long until;

        Entry(final IpAddress prefix, final int prefixLength, final long until) {
            this.prefix = prefix;
            this.prefixLength = prefixLength;
            this.until = until;
        }
    }
}
