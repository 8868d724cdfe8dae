package io.tapstack.socket;

import io.tapstack.ip.SocketError;
import io.tapstack.stack.Door;
import io.tapstack.stack.WaitPoint;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Many sockets that are waited for over and over: {@code epoll(7)}. A wait costs what is ready, not what is watched. Events are those of
 * {@link PollEvents} and the two flags here.
 *
 * <p>Level-triggered, an event is reported for as long as it is the case; edge-triggered, once for each time that the protocol has told of it.
 * A socket that is closed is watched no more. Calls answer as those of a {@link StackSocket}; any thread may make them.
 */
public final class EventPoll {

    /** Report an event once, when it comes to be. */
    public static final int EPOLLET = 1 << 31;

    /** Report one event, and then nothing until {@link #modify}. */
    public static final int EPOLLONESHOT = 1 << 30;

    private static final int FLAGS = EPOLLET | EPOLLONESHOT;

    /**
     * {@code struct epoll_event}.
     *
     * @param data what was given to {@link #add} or {@link #modify}
     */
    public record Event(int events, long data) {}

    private final SocketLayer layer;
    private final Door door;
    private final WaitPoint wake;
    private final Map<StackSocket, Interest> interests = new IdentityHashMap<>();

    // What may be ready, in the order in which it became so.
    private final Set<Interest> candidates = new LinkedHashSet<>();
    private boolean closed;

    /** Inside the door. */
    EventPoll(final SocketLayer layer) {
        this.layer = layer;
        this.door = layer.door();
        this.wake = door.waitPoint();
    }

    /**
     * {@code EPOLL_CTL_ADD}.
     *
     * @param events what is asked for, and flags
     * @return 0, {@code -EBADF} if the socket or this is closed, {@code -EEXIST} if it is watched already
     */
    public int add(final StackSocket socket, final int events, final long data) {
        door.enter();
        try {
            if (closed || socket.isClosed()) {
                return -SocketError.EBADF.errno();
            }
            if (interests.containsKey(socket)) {
                return -SocketError.EEXIST.errno();
            }
            final Interest interest = new Interest(socket);
            interests.put(socket, interest);
            socket.addListener(interest);
            interest.ask(events, data);
            return 0;
        } finally {
            door.exit();
        }
    }

    /** {@code EPOLL_CTL_MOD}. @return 0, or {@code -ENOENT} if the socket is not watched */
    public int modify(final StackSocket socket, final int events, final long data) {
        door.enter();
        try {
            final Interest interest = interests.get(socket);
            if (interest == null) {
                return -SocketError.ENOENT.errno();
            }
            interest.ask(events, data);
            return 0;
        } finally {
            door.exit();
        }
    }

    /** {@code EPOLL_CTL_DEL}. @return 0, or {@code -ENOENT} if the socket is not watched */
    public int remove(final StackSocket socket) {
        door.enter();
        try {
            final Interest interest = interests.remove(socket);
            if (interest == null) {
                return -SocketError.ENOENT.errno();
            }
            interest.end();
            return 0;
        } finally {
            door.exit();
        }
    }

    /**
     * {@code epoll_wait(2)}.
     *
     * @param found where the events go
     * @param most how many to report, at least 1
     * @param timeoutMillis 0 only looks, less than 0 waits for as long as it takes
     * @return how many, 0 when the time is over, {@code -EINVAL}, {@code -EBADF} if this is closed, {@code -EINTR} if the thread was
     *     interrupted (and still is)
     */
    public int await(final List<? super Event> found, final int most, final long timeoutMillis) {
        if (most <= 0) {
            return -SocketError.EINVAL.errno();
        }
        door.enter();
        try {
            final long deadline = timeoutMillis < 0 ? WaitPoint.NEVER : door.now() + timeoutMillis * 1_000_000;
            boolean inTime = timeoutMillis != 0 && !layer.isHandling();
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
            door.exit();
        }
    }

    /** Watches nothing any more; who waits gets {@code -EBADF}. */
    public void close() {
        door.enter();
        try {
            closed = true;
            interests.values().forEach(Interest::end);
            interests.clear();
            wake.wakeAll();
        } finally {
            door.exit();
        }
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

    /** One socket that is watched. */
    private final class Interest implements ReadinessListener {

        private final StackSocket socket;
        private int events;
        private long data;
        private boolean disabled;

        Interest(final StackSocket socket) {
            this.socket = socket;
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
            return disabled ? 0 : socket.readiness() & (events & ~FLAGS | PollEvents.UNASKED);
        }

        /** Level-triggered it stays in line, behind the others. */
        void reported() {
            if ((events & EPOLLONESHOT) != 0) {
                disabled = true;
            } else if ((events & EPOLLET) == 0) {
                candidates.add(this);
            }
        }

        void end() {
            socket.removeListener(this);
            candidates.remove(this);
        }

        @Override
        public void readinessChanged(final StackSocket changed, final int changedEvents) {
            if (changed.isClosed()) {
                interests.remove(changed);
                end();
            } else if (concerns(changedEvents)) {
                becomeCandidate();
            }
        }

        /** What makes a socket readable and writable at once is a change of its state, and concerns everybody. */
        private boolean concerns(final int changedEvents) {
            final int both = PollEvents.READABLE | PollEvents.WRITABLE;
            final int asked = events | ((events & PollEvents.POLLRDHUP) != 0 ? PollEvents.POLLIN : 0);
            return !disabled && (changedEvents == both || (changedEvents & asked) != 0);
        }

        private void becomeCandidate() {
            if (candidates.add(this)) {
                wake.wakeAll();
            }
        }
    }
}
