package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.WaitPoint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A set of sockets to wait for again and again: {@code epoll(7)}. The cost of a wait depends on the number of ready
 * sockets, not of watched ones. Events are those of {@link PollEvents} and the flags here. It can watch other event
 * polls, and is readable when it would report something.
 *
 * <p>A level-triggered event is reported while it lasts; an edge-triggered one, once for each event of the protocol. A
 * closed socket is removed. Calls return results as those of a {@link StackSocket}; any thread may make them.
 */
public final class EventPoll extends Watchable {

    /** Report an event once, when it occurs. */
    public static final int EPOLLET = 1 << 31;

    /** Report one event, and then nothing until {@link #modify}. */
    public static final int EPOLLONESHOT = 1 << 30;

    /** Wake at least one watcher of an event. Here all are woken. */
    public static final int EPOLLEXCLUSIVE = 1 << 28;

    /** Keep the machine awake; ignored here. */
    public static final int EPOLLWAKEUP = 1 << 29;

    private static final int FLAGS = EPOLLET | EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLWAKEUP;

    private static final int EXCLUSIVE_EVENTS = EPOLLEXCLUSIVE
            | EPOLLET
            | EPOLLWAKEUP
            | PollEvents.POLLIN
            | PollEvents.POLLOUT
            | PollEvents.POLLERR
            | PollEvents.POLLHUP;

    /** Most event polls in a chain: Linux's EP_MAX_NESTS, and the one that is asked. */
    private static final int MAX_DEPTH = 5;

    /**
     * {@code struct epoll_event}.
     *
     * @param data the value given to {@link #add} or {@link #modify}
     */
    public record Event(int events, long data) {}

    private final SocketHost host;
    private final StackLock lock;
    private final WaitPoint wake;
    private final Map<Watchable, Interest> interests = new IdentityHashMap<>();

    // The entries that may be ready, in the order in which they became so.
    private final Set<Interest> candidates = new LinkedHashSet<>();
    // The event polls that watch this one.
    private final List<EventPoll> outer = new ArrayList<>(0);
    private boolean closed;

    /** Called with the stack's lock held. */
    EventPoll(final SocketHost host) {
        this.host = host;
        this.lock = host.lock();
        this.wake = lock.waitPoint();
    }

    /**
     * {@code EPOLL_CTL_ADD}.
     *
     * @param events the requested events, and flags
     * @return 0, {@code -EBADF} if {@code watched} or this is closed, {@code -EEXIST} if it is already watched,
     *     {@code -EINVAL} for events that {@link #EPOLLEXCLUSIVE} excludes, {@code -ELOOP} if event polls would watch
     *     one another in a loop, or in too long a chain
     */
    public int add(final Watchable watched, final int events, final long data) {
        lock.lock();
        try {
            if (closed || watched.isClosed()) {
                return -SocketError.EBADF.errno();
            }
            final boolean nests = watched instanceof EventPoll;
            if ((events & EPOLLEXCLUSIVE) != 0 && (nests || (events & ~EXCLUSIVE_EVENTS) != 0)) {
                return -SocketError.EINVAL.errno();
            }
            if (nests && isTooDeep((EventPoll) watched)) {
                return -SocketError.ELOOP.errno();
            }
            if (interests.containsKey(watched)) {
                return -SocketError.EEXIST.errno();
            }
            final Interest interest = new Interest(watched);
            interests.put(watched, interest);
            watched.addListener(interest);
            interest.ask(events, data);
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean isTooDeep(final EventPoll inner) {
        return inner.reaches(this) || inner.depth() + height() > MAX_DEPTH;
    }

    private boolean reaches(final EventPoll other) {
        return this == other
                || interests.keySet().stream().anyMatch(each -> each instanceof EventPoll poll && poll.reaches(other));
    }

    /** The length of the longest chain of event polls that watch one another, from this one inwards. */
    private int depth() {
        int deepest = 0;
        for (final Watchable each : interests.keySet()) {
            deepest = Math.max(deepest, each instanceof EventPoll poll ? poll.depth() : 0);
        }
        return deepest + 1;
    }

    /** The same from this one outwards. */
    private int height() {
        int highest = 0;
        for (final EventPoll each : outer) {
            highest = Math.max(highest, each.height());
        }
        return highest + 1;
    }

    /**
     * {@code EPOLL_CTL_MOD}.
     *
     * @return 0, {@code -ENOENT} if it is not watched, {@code -EINVAL} if {@link #EPOLLEXCLUSIVE} is or was requested
     */
    public int modify(final Watchable watched, final int events, final long data) {
        lock.lock();
        try {
            if ((events & EPOLLEXCLUSIVE) != 0) {
                return -SocketError.EINVAL.errno();
            }
            final Interest interest = interests.get(watched);
            if (interest == null) {
                return -SocketError.ENOENT.errno();
            }
            if ((interest.events & EPOLLEXCLUSIVE) != 0) {
                return -SocketError.EINVAL.errno();
            }
            interest.ask(events, data);
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code EPOLL_CTL_DEL}.
     *
     * @return 0, or {@code -ENOENT} if it is not watched
     */
    public int remove(final Watchable watched) {
        lock.lock();
        try {
            final Interest interest = interests.remove(watched);
            if (interest == null) {
                return -SocketError.ENOENT.errno();
            }
            interest.end();
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code epoll_wait(2)}.
     *
     * @param found receives the events
     * @param most most events to report, at least 1
     * @param timeoutMillis 0 only looks, less than 0 for no limit
     * @return the number of events, 0 when the time is over, {@code -EINVAL}, {@code -EBADF} if this is closed,
     *     {@code -EINTR} if the thread was interrupted (and still is)
     */
    public int await(final List<? super Event> found, final int most, final long timeoutMillis) {
        if (most <= 0) {
            return -SocketError.EINVAL.errno();
        }
        lock.lock();
        try {
            final long deadline = timeoutMillis < 0 ? WaitPoint.NEVER : lock.now() + timeoutMillis * 1_000_000;
            boolean inTime = timeoutMillis != 0 && !host.isHandling();
            while (true) {
                if (closed) {
                    return -SocketError.EBADF.errno();
                }
                final int count = collect(found, most);
                if (count > 0 || !inTime) {
                    return count;
                }
                inTime = wake.await(deadline);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return -SocketError.EINTR.errno();
        } finally {
            lock.unlock();
        }
    }

    /** Removes all entries; waiting threads get {@code -EBADF}. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            interests.values().forEach(Interest::end);
            interests.clear();
            wake.wakeAll();
            tellListeners(PollEvents.READABLE | PollEvents.WRITABLE);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    int readiness() {
        if (closed) {
            return PollEvents.POLLNVAL;
        }
        // Candidates that are not ready are removed.
        candidates.removeIf(each -> each.readiness() == 0);
        return candidates.isEmpty() ? 0 : PollEvents.READABLE;
    }

    private int collect(final List<? super Event> found, final int most) {
        int count = 0;
        final List<Interest> looked = List.copyOf(candidates);
        final Iterator<Interest> next = looked.iterator();
        while (next.hasNext() && count < most) {
            final Interest interest = next.next();
            candidates.remove(interest);
            final int events = interest.readiness();
            if (events != 0) {
                count++;
                found.add(new Event(events, interest.data));
                interest.reported();
            }
        }
        return count;
    }

    /** A watched socket or event poll. */
    private final class Interest implements ReadinessListener {

        private final Watchable watched;
        private int events;
        private long data;
        private boolean disabled;

        Interest(final Watchable watched) {
            this.watched = watched;
            if (watched instanceof EventPoll inner) {
                inner.outer.add(EventPoll.this);
            }
        }

        void ask(final int newEvents, final long newData) {
            events = newEvents;
            data = newData;
            disabled = false;
            candidates.remove(this);
            if (readiness() != 0) {
                becomeCandidate();
            }
        }

        int readiness() {
            return disabled ? 0 : watched.readiness() & (events & ~FLAGS | PollEvents.UNASKED);
        }

        /** A level-triggered entry stays in the queue, behind the others. */
        void reported() {
            if ((events & EPOLLONESHOT) != 0) {
                disabled = true;
            } else if ((events & EPOLLET) == 0) {
                candidates.add(this);
            }
        }

        void end() {
            watched.removeListener(this);
            candidates.remove(this);
            if (watched instanceof EventPoll inner) {
                inner.outer.remove(EventPoll.this);
            }
        }

        @Override
        public void readinessChanged(final Watchable changed, final int changedEvents) {
            if (changed.isClosed()) {
                interests.remove(changed);
                end();
            } else if (concerns(changedEvents)) {
                becomeCandidate();
            }
        }

        /**
         * An event that makes a socket readable and writable at once is a change of its state, and concerns every
         * entry.
         */
        private boolean concerns(final int changedEvents) {
            final int both = PollEvents.READABLE | PollEvents.WRITABLE;
            final int asked =
                    events | PollEvents.UNASKED | ((events & PollEvents.POLLRDHUP) != 0 ? PollEvents.POLLIN : 0);
            return !disabled && (changedEvents == both || (changedEvents & asked) != 0);
        }

        private void becomeCandidate() {
            if (candidates.add(this)) {
                wake.wakeAll();
            }
            // Told each time, as the watcher of this one may be edge-triggered.
            tellListeners(PollEvents.READABLE);
        }
    }
}
