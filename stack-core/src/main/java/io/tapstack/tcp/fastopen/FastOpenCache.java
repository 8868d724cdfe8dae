package io.tapstack.tcp.fastopen;

import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Fast Open client remembers of servers (RFC 7413 4.1.3): their cookies and their MSS, in which form of the
 * option they answer, and whether SYNs with data got lost on the way there, in which case it does without for a while
 * that doubles. Bounded: who was not asked for the longest time is forgotten.
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

    public int size() {
        return servers.size();
    }

    /** The cookie for a server, or null if there is none or it should not be used now. */
    @Nullable
    public FastOpenCookie cookie(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || isShunned(server, nowNanos) ? null : server.cookie;
    }

    /**
     * The wish for a cookie, in the form that the server has not ignored yet; one that ignores both is asked in the
     * standard form, as by Linux.
     */
    public FastOpenCookie request(final IpAddress address) {
        final Server server = servers.get(address);
        return FastOpenCookie.request(server != null && server.ignoresOption && !server.ignoresExperimental);
    }

    /** False if Fast Open has failed on this path lately (4.1.3.1, "negative" caching). */
    public boolean isWorthTrying(final IpAddress address, final long nowNanos) {
        final Server server = servers.get(address);
        return server == null || !isShunned(server, nowNanos);
    }

    /** The MSS that the server has announced, 0 if that is not known. */
    public int mss(final IpAddress address) {
        final Server server = servers.get(address);
        return server == null ? 0 : server.mss;
    }

    /** A SYN-ACK brought a cookie. */
    public void learn(final IpAddress address, final FastOpenCookie cookie, final int mss) {
        final Server server = server(address);
        server.cookie = cookie;
        server.mss = mss;
        server.losses = 0;
    }

    /**
     * A SYN-ACK says nothing of Fast Open, but how large segments may be: for SYNs that carry data without a cookie.
     */
    public void learnMss(final IpAddress address, final int mss) {
        final Server server = server(address);
        if (mss > 0) {
            server.mss = mss;
        }
    }

    /** A SYN-ACK ignores the wish for a cookie. */
    public void refused(final IpAddress address, final boolean experimental) {
        final Server server = server(address);
        if (experimental) {
            server.ignoresExperimental = true;
        } else {
            server.ignoresOption = true;
        }
    }

    /** A SYN with the option was not answered: something on the way may drop such SYNs. */
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
