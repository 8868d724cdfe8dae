package io.tapstack.socket;

/** Somebody who watches: a poll that waits, or whoever calls a {@link SocketHandler}. */
@FunctionalInterface
interface ReadinessListener {

    /**
     * {@code watched} may be ready for something that it was not ready for before. Called under the stack's lock, in
     * the middle of protocol work: only note it, or wake somebody.
     *
     * @param events what it may be ready for: {@link PollEvents#READABLE}, {@link PollEvents#WRITABLE} or both
     */
    void readinessChanged(Watchable watched, int events);
}
