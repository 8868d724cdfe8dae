package io.tapstack.httpd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The places for connections. When all are taken, the connection that has been idle longest is closed for a new one
 * (RFC 9112 9.5 lets a server close an idle connection at any time); a new one is refused only while each of the others
 * is in the middle of a request or a response.
 *
 * <p>A connection whose client has sent nothing yet counts as idle since it was accepted, and has no rank of its own
 * (decision 16 says why).
 *
 * <p>{@link #admit} and {@link #closeLongestIdle} are for the one thread that accepts; the other methods are for any.
 */
final class ConnectionPlaces {

    /** The decision about a new connection. */
    enum Admission {
        /** It has a place. */
        SERVED,
        /** It is refused with a response. */
        REFUSED,
        /** It is reset, as too many are being refused already. */
        RESET
    }

    /** A connection that was idle, with the start of the idle time. */
    private record Idle(HttpConnection connection, long sinceNanos) {

        boolean closeIfStill() {
            return connection.idleSinceNanos() == sinceNanos && connection.closeIfIdle();
        }
    }

    private final int limit;
    private final Set<HttpConnection> served = ConcurrentHashMap.newKeySet();
    private final Set<HttpConnection> refused = ConcurrentHashMap.newKeySet();
    private final Deque<Idle> longestIdle = new ArrayDeque<>();

    /** @param limit connections served at a time */
    ConnectionPlaces(final int limit) {
        this.limit = limit;
    }

    /** Gives {@code connection} a place, for which an idle one is closed if necessary. */
    Admission admit(final HttpConnection connection) {
        if (served.size() < limit || closeLongestIdle()) {
            served.add(connection);
            return Admission.SERVED;
        }
        if (refused.size() < Math.max(1, limit / 8)) {
            refused.add(connection);
            return Admission.REFUSED;
        }
        return Admission.RESET;
    }

    /** {@code connection} has ended. */
    void remove(final HttpConnection connection) {
        served.remove(connection);
        refused.remove(connection);
    }

    /** The number of open connections, including those that are being refused. */
    int size() {
        return served.size() + refused.size();
    }

    /** The number of connections with a place that are idle now. */
    int idle() {
        return (int) served.stream().filter(HttpConnection::isIdle).count();
    }

    void forEach(final Consumer<HttpConnection> action) {
        served.forEach(action);
        refused.forEach(action);
    }

    /**
     * Closes the connection that has been idle longest, if any is. One look at all connections serves as many calls as
     * there are idle ones: a connection that becomes idle after the look has been idle for less time than those found.
     *
     * @return true if one was idle
     */
    boolean closeLongestIdle() {
        return closeNextIdle() || look() && closeNextIdle();
    }

    private boolean closeNextIdle() {
        for (Idle next = longestIdle.poll(); next != null; next = longestIdle.poll()) {
            if (next.closeIfStill()) {
                return true;
            }
        }
        return false;
    }

    /** @return true if any is idle */
    private boolean look() {
        final List<Idle> found = new ArrayList<>();
        final long now = System.nanoTime();
        for (final HttpConnection connection : served) {
            final long since =
                    connection.idleSinceNanos(); // before the state: an older time with a newer state is not used
            if (connection.isIdle()) {
                found.add(new Idle(connection, since));
            }
        }
        found.sort(Comparator.comparingLong(idle -> idle.sinceNanos - now));
        longestIdle.addAll(found);
        return !found.isEmpty();
    }
}
