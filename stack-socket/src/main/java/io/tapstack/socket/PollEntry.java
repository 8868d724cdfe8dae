package io.tapstack.socket;

/** One socket of a {@link SocketLayer#poll}: {@code struct pollfd}. Used by one thread at a time. */
public final class PollEntry {

    private final StackSocket socket;
    private int events;
    private int revents;

    /**
     * @param events what is asked for, see {@link PollEvents}
     */
    public PollEntry(final StackSocket socket, final int events) {
        this.socket = socket;
        this.events = events;
    }

    public StackSocket socket() {
        return socket;
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

    /** Looks at the socket; called inside the door. @return true if there is something to report */
    boolean look() {
        revents = socket.readiness() & (events | PollEvents.UNASKED);
        return revents != 0;
    }
}
