package io.tapstack.tcp.fastopen;

import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cache of a Fast Open client, by server (RFC 7413 4.1.3): cookie, MSS, the form of the option, and losses of SYNs
 * with data. After a loss Fast Open pauses for a time that doubles. The size is bounded: the least recently used server
 * is removed.
 */
public final class FastOpenCache {

    private static final int MOST_SERVERS = 1_024;
    private static final long AFTER_LOSS_NANOS = 60_000_000_000L;
    private static final int MOST_DOUBLINGS = 6;

    private static final class Server {
        @Nullable
        FastOpenCookie cookie;

        int mss;
        int losses;
        long lostAt;
        boolean ignoresOption;
        boolean ignoresExperimental;
    }

    private final Map<IpAddress, Server> servers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<IpAddress, Server> eldest) {
            return size() > MOST_SERVERS;
        }
    };

    /** Number of servers in the cache. */
    public int size() {
        return servers.size();
    }

    /** Returns the cookie of a server, or null if there is none or it must not be used now. */
    @Nullable
    public FastOpenCookie cookie(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || isShunned(server, nowNanos) ? null : server.cookie;
    }

    /**
     * Returns a cookie request, in the form that the server has not ignored yet. If it has ignored both, the standard
     * form is used, as on Linux.
     */
    public FastOpenCookie request(final IpAddress address) {
        final Server server = servers.get(address);
        return FastOpenCookie.request(server != null && server.ignoresOption && !server.ignoresExperimental);
    }

    /** False if Fast Open has failed on this path recently (4.1.3.1, "negative" caching). */
    public boolean isWorthTrying(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || !isShunned(server, nowNanos);
    }

    /** The MSS of the server, 0 if unknown. */
    public int mss(final IpAddress address) {
        final Server server = servers.get(address);
        return server == null ? 0 : server.mss;
    }

    /** Stores the cookie of a SYN-ACK. */
    public void learn(final IpAddress address, final FastOpenCookie cookie, final int mss) {
        final Server server = server(address);
        server.cookie = cookie;
        server.mss = mss;
        server.losses = 0;
    }

    /** Stores the MSS of a SYN-ACK without Fast Open, for SYNs with data and no cookie. */
    public void learnMss(final IpAddress address, final int mss) {
        final Server server = server(address);
        if (mss > 0) {
            server.mss = mss;
        }
    }

    /** Records a SYN-ACK that ignores a cookie request. */
    public void refused(final IpAddress address, final boolean experimental) {
        final Server server = server(address);
        if (experimental) {
            server.ignoresExperimental = true;
        } else {
            server.ignoresOption = true;
        }
    }

    /** Records an unanswered SYN with the option: a middlebox may drop such SYNs. */
    public void lost(final IpAddress address, final long nowNanos) {
        final Server server = server(address);
        server.losses++;
        server.lostAt = nowNanos;
    }

    private Server server(final IpAddress address) {
        return servers.computeIfAbsent(address, any -> new Server());
    }

    private static boolean isShunned(final Server server, final long nowNanos) {
        return server.losses > 0
                && nowNanos - server.lostAt < AFTER_LOSS_NANOS << Math.min(server.losses - 1, MOST_DOUBLINGS);
    }
}
