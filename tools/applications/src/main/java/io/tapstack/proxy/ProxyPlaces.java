package io.tapstack.proxy;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The places for clients of a proxy. When all are taken, the connection that has been idle longest is closed for a new
 * one, if it was idle for at least the idle time. A new client is refused only if there is no such connection, so
 * clients that connect and do nothing keep others out for no longer than the idle time.
 *
 * <p>A proxy for TCP does not know where a request ends: a connection that waits for a slow answer looks idle, as does
 * one that keeps a session open. Therefore it must be idle for some time, and it is left alone while there are places.
 * A client is not idle while the target is being connected; the connect timeout limits that.
 *
 * <p>{@link #take} and {@link #resetLongestIdle} are for the one thread that accepts; the other methods are for any.
 * Times are those of {@link System#nanoTime()}.
 */
final class ProxyPlaces {

    private final int limit;
    private final long idleNanos;
    private final Set<Place> taken = ConcurrentHashMap.newKeySet();

    /** @param limit clients at a time */
    ProxyPlaces(final int limit, final Duration idle) {
        this.limit = limit;
        this.idleNanos = idle.toNanos();
    }

    /** Takes a place for a new client, for which an idle one is reset if necessary; empty if there is none. */
    Optional<Place> take(final long nowNanos) {
        if (taken.size() >= limit && !resetLongestIdle(nowNanos)) {
            return Optional.empty();
        }
        final Place place = new Place();
        taken.add(place);
        return Optional.of(place);
    }

    /** The client of {@code place} has gone. */
    void giveBack(final Place place) {
        taken.remove(place);
    }

    /** Called every few seconds: notes the connections that have moved bytes since the last time. */
    void look(final long nowNanos) {
        taken.forEach(place -> place.look(nowNanos));
    }

    /** The number of clients joined to the target. */
    int joined() {
        return (int) taken.stream().filter(Place::isJoined).count();
    }

    /** Resets all clients that are joined to the target. */
    void resetAll() {
        taken.forEach(Place::reset);
    }

    /** Resets the client that has been idle longest, if it was idle for long enough. */
    boolean resetLongestIdle(final long nowNanos) {
        look(nowNanos);
        final Optional<Place> longest = taken.stream()
                .filter(place -> place.idleNanos(nowNanos) >= idleNanos)
                .max(Comparator.comparingLong(place -> place.idleNanos(nowNanos)));
        longest.ifPresent(place -> {
            taken.remove(place);
            place.reset();
        });
        return longest.isPresent();
    }

    /** The place of one client. */
    static final class Place {

        private LongSupplier bytes = () -> 0;
        private Runnable reset = () -> {};
        private boolean joined;
        private long bytesSeen;
        private long movedNanos;

        /**
         * The client is joined to the target.
         *
         * @param moved the bytes moved so far, in both directions together
         * @param toReset ends the connection
         */
        synchronized void joined(final LongSupplier moved, final Runnable toReset, final long nowNanos) {
            bytes = moved;
            reset = toReset;
            joined = true;
            movedNanos = nowNanos;
        }

        private synchronized boolean isJoined() {
            return joined;
        }

        private synchronized void look(final long nowNanos) {
            final long now = bytes.getAsLong();
            if (now != bytesSeen) {
                bytesSeen = now;
                movedNanos = nowNanos;
            }
        }

        /** The time since the last look that found bytes moved; -1 before the client is joined. */
        private synchronized long idleNanos(final long nowNanos) {
            return joined ? nowNanos - movedNanos : -1;
        }

        private void reset() {
            final Runnable action;
            synchronized (this) {
                action = reset;
            }
            action.run();
        }
    }
}
