package io.tapstack.socket;

/** Is told when a {@link Watchable} may be ready: a poll that waits, or the calls of a {@link SocketHandler}. */
@FunctionalInterface
interface ReadinessListener {

    /**
     * {@code watched} may have become ready. Called with the stack's lock held, in the middle of protocol work: the
     * listener only notes it, or wakes a thread.
     *
     * @param events {@link PollEvents#READABLE}, {@link PollEvents#WRITABLE} or both
     */
    void readinessChanged(Watchable watched, int events);
}
