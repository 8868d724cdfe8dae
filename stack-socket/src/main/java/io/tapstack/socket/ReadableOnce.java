package io.tapstack.socket;

/** Waits, without a thread, for one socket to become readable or useless. Inside the door. */
final class ReadableOnce implements ReadinessListener {

    private static final int WANTED = PollEvents.READABLE | PollEvents.POLLRDHUP | PollEvents.UNASKED;

    private final Runnable action;

    ReadableOnce(final Runnable action) {
        this.action = action;
    }

    static boolean isReadable(final StackSocket socket) {
        return (socket.readiness() & WANTED) != 0;
    }

    @Override
    public void readinessChanged(final StackSocket socket, final int events) {
        if (isReadable(socket)) {
            socket.removeListener(this);
            action.run();
        }
    }
}
