package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Fast Open client remembers of servers (RFC 7413 4.1.3): their cookies and their MSS, and whether SYNs with data got lost on the way
 * there, in which case it does without for a while that doubles. Bounded: who was not asked for the longest time is forgotten.
 */
final class FastOpenCache {

    private static final int MOST_SERVERS = 1_024;
    private static final long AFTER_LOSS_NANOS = 60_000_000_000L;
    private static final int MOST_DOUBLINGS = 6;

    private static final class Server {
        @Nullable
        FastOpenCookie cookie;

        int mss;
        int losses;
        long lostAt;
    }

    private final Map<IpAddress, Server> servers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<IpAddress, Server> eldest) {
            return size() > MOST_SERVERS;
        }
    };

    int size() {
        return servers.size();
    }

    /** The cookie for a server, or null if there is none or it should not be used now. */
    @Nullable
    FastOpenCookie cookie(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || isShunned(server, nowNanos) ? null : server.cookie;
    }

    /** False if Fast Open has failed on this path lately (4.1.3.1, "negative" caching). */
    boolean isWorthTrying(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || !isShunned(server, nowNanos);
    }

    /** The MSS that the server has announced, 0 if that is not known. */
    int mss(final IpAddress address) {
        final Server server = servers.get(address);
        return server == null ? 0 : server.mss;
    }

    /** A SYN-ACK brought a cookie. */
    void learn(final IpAddress address, final FastOpenCookie cookie, final int mss) {
        final Server server = servers.computeIfAbsent(address, any -> new Server());
        server.cookie = cookie;
        server.mss = mss;
        server.losses = 0;
    }

    /** A SYN with the option was not answered: something on the way may drop such SYNs. */
    void lost(final IpAddress address, final long nowNanos) {
        final Server server = servers.computeIfAbsent(address, any -> new Server());
        server.losses++;
        server.lostAt = nowNanos;
    }

    private static boolean isShunned(final Server server, final long nowNanos) {
        return server.losses > 0
                && nowNanos - server.lostAt < AFTER_LOSS_NANOS << Math.min(server.losses - 1, MOST_DOUBLINGS);
    }
}
