package io.tapstack.bench.part;

import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Echoes small messages; without logging and time limits. */
public final class RoundTripServer implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final int BUFFER_BYTES = 4096;

    /** The thread that serves a connection. */
    public enum Mode {
        /** A thread of its own. */
        THREADS,
        /** The thread that has accepted it, which accepts the next one when this one has ended. */
        ONE_THREAD,
        /** The stack's own thread: see {@link EchoHandler}. */
        CALLBACK
    }

    private final Listener listener;
    private final Mode mode;

    private RoundTripServer(final Listener listener, final Mode mode) {
        this.listener = listener;
        this.mode = mode;
    }

    /**
     * Listens, and serves until closed.
     *
     * @throws IllegalArgumentException for {@link Mode#CALLBACK} on a transport that cannot do that
     */
    public static AutoCloseable start(final Transport transport, final InetSocketAddress local, final Mode mode)
            throws IOException {
        if (mode == Mode.CALLBACK) {
            if (transport instanceof TapstackTransport stack) {
                return EchoHandler.start(stack.stacks(), local);
            }
            throw new IllegalArgumentException(transport.name() + " has no callbacks");
        }
        final RoundTripServer server = new RoundTripServer(transport.listen(local, BACKLOG), mode);
        daemon(server::accept, "accept");
        return server;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private static void daemon(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        while (listener.isOpen()) {
            try {
                final StreamConnection connection = listener.accept();
                if (mode == Mode.THREADS) {
                    daemon(() -> echo(connection, ByteBuffer.allocateDirect(BUFFER_BYTES)), "connection");
                } else {
                    echo(connection, buffer);
                }
            } catch (final IOException e) {
                if (listener.isOpen()) {
                    System.err.println("accept: " + e);
                }
            }
        }
    }

    private static void echo(final StreamConnection connection, final ByteBuffer buffer) {
        try (connection) {
            while (connection.read(buffer.clear()) >= 0) {
                connection.write(buffer.flip());
            }
        } catch (final IOException e) {
            System.err.println("connection: " + e);
        }
    }
}
