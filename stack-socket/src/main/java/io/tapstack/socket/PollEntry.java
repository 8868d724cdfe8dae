package io.tapstack.socket;

/**
 * An entry of a {@link SocketLayer#poll}, for a socket or an {@link EventPoll}: {@code struct pollfd}. Used by one
 * thread at a time.
 */
public final class PollEntry {

    private final Watchable watched;
    private int events;
    private int revents;

    /** @param events the requested events, see {@link PollEvents} */
    public PollEntry(final Watchable watched, final int events) {
        this.watched = watched;
        this.events = events;
    }

    public Watchable watched() {
        return watched;
    }

    /** The requested events. */
    public int events() {
        return events;
    }

    public void events(final int events) {
        this.events = events;
    }

    /** The events that the last poll found. */
    public int revents() {
        return revents;
    }

    /**
     * Looks for events; called with the stack's lock held.
     *
     * @return true if there are any
     */
    boolean look() {
        revents = watched.readiness() & (events | PollEvents.UNASKED);
        return revents != 0;
    }
}
