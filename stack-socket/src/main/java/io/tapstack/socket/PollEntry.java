package io.tapstack.socket;

/**
 * One socket, or one {@link EventPoll}, of a {@link SocketLayer#poll}: {@code struct pollfd}. Used by one thread at a
 * time.
 */
public final class PollEntry {

    private final Watchable watched;
    private int events;
    private int revents;

    /** @param events what is asked for, see {@link PollEvents} */
    public PollEntry(final Watchable watched, final int events) {
        this.watched = watched;
        this.events = events;
    }

    public Watchable watched() {
        return watched;
    }

    /** What is asked for. */
    public int events() {
        return events;
    }

    public void events(final int events) {
        this.events = events;
    }

    /** What the last poll has found. */
    public int revents() {
        return revents;
    }

    /** Looks at it; called under the stack's lock. @return true if there is something to report */
    boolean look() {
        revents = watched.readiness() & (events | PollEvents.UNASKED);
        return revents != 0;
    }
}
