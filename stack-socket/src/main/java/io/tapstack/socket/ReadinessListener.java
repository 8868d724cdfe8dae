package io.tapstack.socket;

/** Somebody who watches sockets for {@link PollEvents}: a poll that waits, or a selector. */
@FunctionalInterface
public interface ReadinessListener {

    /**
     * The socket may be ready for something that it was not ready for before. Called inside the door, in the middle of protocol work: only
     * note it, or wake somebody.
     */
    void readinessChanged(StackSocket socket);
}
