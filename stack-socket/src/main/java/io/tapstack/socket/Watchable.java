package io.tapstack.socket;

import java.util.ArrayList;
import java.util.List;

/**
 * A socket or an {@link EventPoll}, which a {@link SocketLayer#poll} or another {@link EventPoll} can watch. Used with
 * the stack's lock held.
 */
public abstract sealed class Watchable permits StackSocket, EventPoll {

    private final List<ReadinessListener> listeners = new ArrayList<>(1);

    /** True if it was closed, so that it will never be ready again. */
    public abstract boolean isClosed();

    /** The calls that would not wait now: a set of {@link PollEvents}. */
    abstract int readiness();

    /** Calls {@code listener} whenever {@link #readiness} may have changed. */
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
