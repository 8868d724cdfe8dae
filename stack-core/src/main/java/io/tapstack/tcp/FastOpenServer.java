package io.tapstack.tcp;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of Fast Open (RFC 7413 4.1.2 and 5.1) for one listener: its keys, and how many
 * connections were opened by a cookie alone, whose handshake is not complete. Who resets such a one counts for a while longer, or a flood
 * of SYNs with a stolen cookie and somebody else's address would never meet the limit.
 */
final class FastOpenServer {

    private static final long RESET_COUNTS_NANOS = 60_000_000_000L;

    private final FastOpenKeys own;
    private int pending;
    private final ArrayDeque<Long> resets = new ArrayDeque<>();

    /** @param own what cookies are made with unless the application says something else */
    FastOpenServer(final FastOpenKeys own) {
        this.own = own;
    }

    /** The keys in use. @param given TCP_FASTOPEN_KEY, or null */
    FastOpenKeys keys(final @Nullable FastOpenKeys given) {
        return given == null ? own : given;
    }

    /** True if another one may be opened, of {@code limit} at a time. */
    boolean hasRoom(final int limit, final long nowNanos) {
        while (!resets.isEmpty() && nowNanos - resets.peek() >= RESET_COUNTS_NANOS) {
            resets.remove();
        }
        return pending + resets.size() < limit;
    }

    void opened() {
        pending++;
    }

    /** One that was opened is known to be what it says, or has failed by itself. */
    void completed() {
        pending--;
    }

    /** One that was opened is reset before its handshake was complete. */
    void reset(final long nowNanos) {
        pending--;
        resets.add(nowNanos);
    }

    /** Connections that are opened and not known to be true, resets of late included. */
    int pending() {
        return pending + resets.size();
    }
}
