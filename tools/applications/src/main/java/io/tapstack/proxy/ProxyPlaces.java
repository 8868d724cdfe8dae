package io.tapstack.proxy;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The places for clients of a proxy. When all are taken, the client gives way to a new one through whose connection
 * nothing has moved for the longest time, if that is at least the idle time. A new one is refused only if there is no
 * such client, so clients that connect and do nothing keep nobody out for longer than the idle time.
 *
 * <p>A proxy for TCP does not know where a request ends: a connection that waits for a slow answer looks idle, as does
 * one that keeps a session open. Therefore it must be idle for some time, and it is left alone as long as there are
 * places. While the target is being connected a client is not idle; the connect timeout limits that.
 *
 * <p>{@link #take} and {@link #resetLongestIdle} are for the one thread that accepts; the other methods are for any.
 * Times are those of {@link System#nanoTime()}.
 */
final class ProxyPlaces {

    private final int limit;
    private final long idleNanos;
    private final Set<Place> taken = ConcurrentHashMap.newKeySet();

    /** @param limit how many clients there may be at a time */
    ProxyPlaces(final int limit, final Duration idle) {
        this.limit = limit;
        this.idleNanos = idle.toNanos();
    }

    /** Takes a place for a new client, for which an idle one is reset if need be; empty if there is none. */
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

    /** To be called every few seconds: notes through which connections something has moved since the last time. */
    void look(final long nowNanos) {
        taken.forEach(place -> place.look(nowNanos));
    }

    /** How many clients are joined to the target. */
    int joined() {
        return (int) taken.stream().filter(Place::isJoined).count();
    }

    /** Resets all clients that are joined to the target. */
    void resetAll() {
        taken.forEach(Place::reset);
    }

    /** Resets the client that has been idle longest, if one has been for long enough. */
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

    /** One client's place. */
    static final class Place {

        private LongSupplier bytes = () -> 0;
        private Runnable reset = () -> {};
        private boolean joined;
        private long bytesSeen;
        private long movedNanos;

        /**
         * The client is joined to the target.
         *
         * @param moved how many bytes have moved so far, in both directions together
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

        /** For how long nothing has moved, as far as is known from looking; -1 if nothing can move yet. */
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
