package io.tapstack.http.client;

import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The present connection of a download, or its attempt to connect, and the way to end either from another thread, for
 * good.
 */
final class CancellableConnection {

    private final Transport transport;
    private @Nullable Thread connecting;
    private @Nullable StreamConnection connection;
    private boolean cancelled;

    CancellableConnection(final Transport transport) {
        this.transport = transport;
    }

    /** Connects; the caller closes the connection. */
    StreamConnection connect(final String host, final int port, final Duration timeout) throws IOException {
        begin();
        StreamConnection made = null;
        try {
            made = transport.connect(host, port, timeout);
            return made;
        } finally {
            end(made);
        }
    }

    private synchronized void begin() throws IOException {
        if (cancelled) {
            throw new IOException("cancelled");
        }
        connection = null;
        connecting = Thread.currentThread();
    }

    private synchronized void end(final @Nullable StreamConnection made) {
        connecting = null;
        connection = made;
        if (cancelled) {
            Thread.interrupted(); // the interrupt of cancel(), which was for the connect alone
            if (made != null) {
                made.abort();
            }
        }
    }

    /** Resets the connection, and allows no later one. Any thread may call. */
    synchronized void cancel() {
        cancelled = true;
        if (connecting != null) {
            connecting.interrupt();
        } else if (connection != null) {
            connection.abort();
        }
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }
}
