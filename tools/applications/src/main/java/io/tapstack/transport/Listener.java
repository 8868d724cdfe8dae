package io.tapstack.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A listening TCP endpoint. Safe for use by several threads. */
public interface Listener extends Closeable {

    /**
     * Waits for the next connection, which has Nagle's algorithm disabled.
     *
     * @throws IOException when this listener is closed, also while waiting, or when the system is out of resources
     *     (then a later call may succeed; see {@link #isOpen()})
     */
    StreamConnection accept() throws IOException;

    /**
     * Pauses an accept loop after a failure while the listener is open: most likely the system is out of descriptors,
     * and trying again at once would only take processor time. Clients wait in the backlog meanwhile.
     */
    static void pauseAfterFailure() {
        try {
            Thread.sleep(50);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The bound address and port. */
    InetSocketAddress local();

    /** True until {@link #close()} is called. */
    boolean isOpen();

    /**
     * Stops listening. A thread in {@link #accept()} wakes up with an {@link IOException}. Accepted connections live
     * on.
     */
    @Override
    void close() throws IOException;
}
