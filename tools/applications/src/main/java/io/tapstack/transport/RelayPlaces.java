package io.tapstack.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places for clients of a server that relays bytes: a proxy, an echo. When all are taken, the connection that has
 * been idle longest is closed for a new one, if it was idle for at least the idle time. A new client is refused only if
 * there is no such connection, so clients that connect and do nothing keep others out for no longer than the idle time.
 *
 * <p>A relay for TCP does not know where a request ends: a connection that waits for a slow answer looks idle, as does
 * one that keeps a session open. Therefore it must be idle for some time, and it is left alone while there are places.
 * A client is not idle while the target is being connected; the connect timeout limits that.
 *
 * <p>{@link #admit}, {@link #take} and {@link #resetLongestIdle} are for the one thread that accepts; the other methods
 * are for any. Times are those of {@link System#nanoTime()}.
 */
public final class RelayPlaces implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RelayPlaces.class);
    private static final long LOOK_SECONDS = 5;

    private final LogThread log;
    private final int limit;
    private final long idleNanos;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        final Thread thread = new Thread(task, "places-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Place> taken = ConcurrentHashMap.newKeySet();

    /** No place can have been idle for long enough before {@link #noneIdleBefore}. */
    private boolean noneIdle;

    private long noneIdleBefore;

    /**
     * @param log for what happens on the stack's thread
     * @param limit clients at a time
     * @param idle the time without a byte moved after which a connection gives way
     */
    public RelayPlaces(final LogThread log, final int limit, final Duration idle) {
        this.log = log;
        this.limit = limit;
        this.idleNanos = idle.toNanos();
    }

    /** Notes every few seconds what has moved, on a thread of its own, until these places are closed. */
    public void watch() {
        final var unused = watch.scheduleWithFixedDelay(
                () -> look(System.nanoTime()), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Accepts clients until {@code listener} is closed, and resets those for which there is no place.
     *
     * @param begin serves a client at its place, on another thread or without waiting
     */
    public void admit(final Listener listener, final BiConsumer<StreamConnection, Place> begin) {
        int failures = 0;
        while (listener.isOpen()) {
            try {
                final StreamConnection client = listener.accept();
                failures = 0;
                admit(client, begin);
            } catch (final IOException e) {
                if (listener.isOpen()) {
                    LOG.warn("cannot accept: {}", e.toString());
                    if (++failures > 1) {
                        // Most likely the system's limit of descriptors is below ours.
                        resetLongestIdle(System.nanoTime());
                    }
                    Listener.pauseAfterFailure();
                }
            }
        }
    }

    /**
     * The same, but returns at once if the listener's transport calls for each client.
     *
     * @param begin serves a client at its place without waiting, nor starting a thread: it may be called by the
     *     transport's own
     */
    public void admitAtOnce(final Listener listener, final BiConsumer<StreamConnection, Place> begin) {
        if (!listener.whenAccepted(client -> admit(client, begin))) {
            admit(listener, begin);
        }
    }

    private void admit(final StreamConnection client, final BiConsumer<StreamConnection, Place> begin) {
        final Optional<Place> place = take(System.nanoTime());
        if (place.isPresent()) {
            begin.accept(client, place.get());
        } else {
            final InetSocketAddress remote = client.remote();
            log.log(() -> LOG.warn("{} refused: {} connections are in use", remote, limit));
            client.abort();
        }
    }

    /** Ends the thread that looks; the clients stay. */
    @Override
    public void close() {
        watch.shutdownNow();
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
    public void giveBack(final Place place) {
        taken.remove(place);
    }

    /** Called every few seconds: notes the connections that have moved bytes since the last time. */
    void look(final long nowNanos) {
        taken.forEach(place -> place.look(nowNanos));
    }

    /** The number of clients joined to the target. */
    public int joined() {
        return (int) taken.stream().filter(Place::isJoined).count();
    }

    /** Resets all clients that are joined to the target. */
    public void resetAll() {
        taken.forEach(Place::reset);
    }

    /** Resets the client that has been idle longest, if it was idle for long enough. */
    boolean resetLongestIdle(final long nowNanos) {
        if (noneIdle && nowNanos - noneIdleBefore < 0) {
            return false; // else each of many new clients would have all places looked at
        }
        look(nowNanos);
        Place longest = null;
        long most = -1;
        for (final Place place : taken) {
            final long idle = place.idleNanos(nowNanos);
            if (idle > most) {
                most = idle;
                longest = place;
            }
        }
        if (longest == null || most < idleNanos) {
            noneIdle = true;
            noneIdleBefore = nowNanos + idleNanos - Math.max(0, most);
            return false;
        }
        noneIdle = false;
        taken.remove(longest);
        longest.reset();
        return true;
    }

    /** The place of one client. */
    public static final class Place {

        private LongSupplier bytes = () -> 0;
        private Runnable reset = () -> {};
        private boolean joined;
        private long bytesSeen;
        private long movedNanos;

        private Place() {}

        /**
         * The client is joined to the target.
         *
         * @param moved the bytes moved so far, in both directions together
         * @param toReset ends the connection
         */
        public synchronized void joined(final LongSupplier moved, final Runnable toReset, final long nowNanos) {
            bytes = moved;
            reset = toReset;
            joined = true;
            movedNanos = nowNanos;
        }

        private synchronized boolean isJoined() {
            return joined;
        }

        /** The stack's thread calls with the stack's lock held, so that must not be asked for with this lock held. */
        private void look(final long nowNanos) {
            final LongSupplier moved;
            synchronized (this) {
                moved = bytes;
            }
            saw(moved.getAsLong(), nowNanos);
        }

        private synchronized void saw(final long bytesNow, final long nowNanos) {
            if (bytesNow != bytesSeen) {
                bytesSeen = bytesNow;
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
