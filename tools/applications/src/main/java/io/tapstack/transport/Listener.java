package io.tapstack.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

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
     * Requests a call for each connection, those that wait already included, instead of {@link #accept()} by a thread.
     *
     * @param accepted called by the transport's own thread, for one connection at a time: it must not wait, nor lock
     *     anything that is held during calls of this transport. An exception resets the connection.
     * @return false if this transport makes no such calls
     */
    default boolean whenAccepted(final Consumer<StreamConnection> accepted) {
        return false;
    }

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
