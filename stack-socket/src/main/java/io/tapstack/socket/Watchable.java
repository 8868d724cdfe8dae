package io.tapstack.socket;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link SocketLayer#poll} or an {@link EventPoll} can watch: a socket, or another {@link EventPoll}. Used under
 * the stack's lock.
 */
public abstract sealed class Watchable permits StackSocket, EventPoll {

    private final List<ReadinessListener> listeners = new ArrayList<>(1);

    /** Whether it was closed, so that it will never be ready again. */
    public abstract boolean isClosed();

    /** What can be done now without waiting: a set of {@link PollEvents}. */
    abstract int readiness();

    /** Has {@code listener} called whenever there may be something new to find by {@link #readiness}. */
    final void addListener(final ReadinessListener listener) {
        listeners.add(listener);
    }

    final void removeListener(final ReadinessListener listener) {
        listeners.remove(listener);
    }

    final boolean isWatched() {
        return !listeners.isEmpty();
    }

    final void tellListeners(final int events) {
        for (int i = listeners.size() - 1; i >= 0; i--) {
            listeners.get(i).readinessChanged(this, events);
        }
    }
}
