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
 * The server's side of Fast Open (RFC 7413 4.1.2 and 5.1) for one listener: which SYNs open a connection at once, its
 * keys, and how many connections were opened in this way, whose handshake is not complete. Who resets such a one counts
 * for a while longer, or a flood of SYNs with a stolen cookie and somebody else's address would never meet the limit.
 */
public final class FastOpenServer {

    private static final long RESET_COUNTS_NANOS = 60_000_000_000L;

    private final TcpListener listener;
    private final FastOpenKeys own;
    private int pending;
    private final ArrayDeque<Long> resets = new ArrayDeque<>();

    /** @param own what cookies are made with unless the application says something else */
    FastOpenServer(final TcpListener listener, final FastOpenKeys own) {
        this.listener = listener;
        this.own = own;
    }

    /**
     * How many connections of a listener may be open by Fast Open alone: TCP_FASTOPEN, if the policy has it; 0 if it
     * has nothing to do with it.
     */
    static int limit(final TcpConfig config, final int backlog) {
        final FastOpenPolicy policy = config.fastOpenPolicy();
        if (!policy.server()) {
            return 0;
        }
        return config.fastOpenQueue() == 0 && policy.everyListener() ? backlog : config.fastOpenQueue();
    }

    /**
     * RFC 7413 4.1.2 and 4.2.2: whether {@code syn} opens its connection at once, by a good cookie or, if the listener
     * does without, with any data. As on Linux a good cookie opens it also without data, so that the server can speak
     * first. Notes in {@code half} what the SYN-ACK says to a client that is to use another cookie from now on.
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
        // RFC 6994: the answer has the form of the question.
        final FastOpenCookie right = keys.cookie(ours, client).in(syn.options.cookieExperimental());
        if (!right.equals(theirs)) {
            half.cookie = right;
        }
        return theirs != null && keys.accept(theirs, ours, client);
    }

    /** True if another one may be opened, of {@code limit} at a time. */
    boolean hasRoom(final int limit, final long nowNanos) {
        while (!resets.isEmpty() && nowNanos - resets.peek() >= RESET_COUNTS_NANOS) {
            resets.remove();
        }
        return pending + resets.size() < limit;
    }

    public void opened() {
        pending++;
    }

    /** One that was opened is known to be what it says, or has failed by itself. */
    public void completed() {
        pending--;
    }

    /** One that was opened is reset before its handshake was complete. */
    public void reset(final long nowNanos) {
        pending--;
        resets.add(nowNanos);
    }

    /** Connections that are opened and not known to be true, resets of late included. */
    int pending() {
        return pending + resets.size();
    }
}
