package io.tapstack.tap;

/** Waits for a TAP. One thread at a time waits or looks, without the stack's lock. */
interface Readiness {

    // <poll.h>
    short POLLIN = 0x001;
    short POLLOUT = 0x004;

    /**
     * Returns when there is a frame, when there is room if {@code forRoom}, after {@link #wakeup()}, a signal, or the
     * time.
     *
     * @param timeoutNanos {@link Long#MAX_VALUE} for no limit; 0 or less only looks
     * @return true if there is room
     */
    boolean await(boolean forRoom, long timeoutNanos);

    /**
     * Looks for a frame, or for room if {@code forRoom}, without waiting.
     *
     * @return the poll events, or 0
     */
    int look(boolean forRoom);

    /** Wakes the waiting thread. Any thread. Wake-ups before the next wait count as one. */
    void wakeup();

    /** Ends what stays posted between two waits; called by the thread that has waited, after its last wait. */
    void retire();

    /** Gives back what the waiting thread needed, after all other calls. Any thread. */
    void close();

    /** True if there is room, in a result of {@link #look}. */
    static boolean isRoom(final int events) {
        return (events & POLLOUT) != 0;
    }
}
