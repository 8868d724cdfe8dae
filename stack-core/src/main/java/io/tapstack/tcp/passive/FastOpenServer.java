package io.tapstack.tcp.passive;

import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.FastOpenPolicy;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynOptions;
import io.tapstack.wire.IpAddress;
import java.util.ArrayDeque;

/**
 * The server side of Fast Open (RFC 7413 4.1.2 and 5.1) for one listener: cookie validation, keys, and the number of
 * connections with an incomplete handshake. A reset connection stays in this number for a while; otherwise a SYN flood
 * with a stolen cookie and forged addresses would never reach the limit.
 */
public final class FastOpenServer {

    private static final long RESET_COUNTS_NANOS = 60_000_000_000L;

    private final TcpListener listener;
    private final FastOpenKeys own;
    private int pending;
    private final ArrayDeque<Long> resets = new ArrayDeque<>();

    /** @param own keys of the cookies, unless the application sets keys */
    FastOpenServer(final TcpListener listener, final FastOpenKeys own) {
        this.listener = listener;
        this.own = own;
    }

    /**
     * Returns the limit of connections that only a cookie has validated: TCP_FASTOPEN if the policy allows servers; 0
     * without Fast Open.
     */
    static int limit(final TcpConfig config, final int backlog) {
        final FastOpenPolicy policy = config.fastOpenPolicy();
        if (!policy.server()) {
            return 0;
        }
        return config.fastOpenQueue() == 0 && policy.everyListener() ? backlog : config.fastOpenQueue();
    }

    /**
     * RFC 7413 4.1.2 and 4.2.2: true if {@code syn} opens its connection immediately, by a valid cookie or, on a
     * listener without cookies, by any data. As on Linux a valid cookie suffices without data, so that the server can
     * send first. A new cookie for the client is stored in {@code half} for the SYN-ACK.
     */
    boolean opens(final HalfOpen half, final Segment syn, final long nowNanos) {
        final TcpConfig config = listener.config();
        final int cookieLength = syn.options.cookieLength();
        if (cookieLength < 0 && syn.payloadLength() == 0 || !hasRoom(limit(config, listener.backlog()), nowNanos)) {
            return false;
        }
        if (config.fastOpenWithoutCookie() || config.fastOpenPolicy().serverWithoutCookie()) {
            return true;
        }
        return cookieLength >= 0 && accepts(half, syn);
    }

    private boolean accepts(final HalfOpen half, final Segment syn) {
        final FastOpenKeys given = listener.config().fastOpenKeys();
        final FastOpenKeys keys = given == null ? own : given;
        final IpAddress ours = half.path.source();
        final IpAddress client = half.path.destination();
        final FastOpenCookie theirs = SynOptions.cookie(syn.options);
        // RFC 6994: the answer uses the form of the option in the request.
        final FastOpenCookie right = keys.cookie(ours, client).in(syn.options.cookieExperimental());
        if (!right.equals(theirs)) {
            half.cookie = right;
        }
        return theirs != null && keys.accept(theirs, ours, client);
    }

    /** True if another connection may open, with at most {@code limit} at a time. */
    boolean hasRoom(final int limit, final long nowNanos) {
        while (!resets.isEmpty() && nowNanos - resets.peek() >= RESET_COUNTS_NANOS) {
            resets.remove();
        }
        return pending + resets.size() < limit;
    }

    /** Counts a connection that a SYN has opened. */
    public void opened() {
        pending++;
    }

    /** Removes a connection from the count: its handshake is complete, or it has failed by itself. */
    public void completed() {
        pending--;
    }

    /** Keeps a connection in the count for a while: it is reset before its handshake is complete. */
    public void reset(final long nowNanos) {
        pending--;
        resets.add(nowNanos);
    }

    /** Number of connections with an incomplete handshake, recent resets included. */
    int pending() {
        return pending + resets.size();
    }
}
