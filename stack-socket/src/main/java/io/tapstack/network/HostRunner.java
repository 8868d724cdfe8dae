package io.tapstack.network;

import io.tapstack.stack.StackLock;
import org.jspecify.annotations.Nullable;

/** Runs the stack of a {@link Host}: a thread of its own, or the steps of virtual time. */
interface HostRunner {

    StackLock stackLock();

    void start();

    /** Ends the stack, tells its sockets, and closes the device. A second call does nothing. */
    void close();

    /** The cause of the stack's end before it was closed, or null. */
    @Nullable
    Throwable failure();
}
