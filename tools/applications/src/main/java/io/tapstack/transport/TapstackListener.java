package io.tapstack.transport;

import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StreamSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket of our own stack. */
final class TapstackListener implements Listener {

    private static final Logger LOG = LoggerFactory.getLogger(TapstackListener.class);

    private final TapServerSocket socket;
    private final SocketLayer stack;

    TapstackListener(final TapServerSocket socket, final SocketLayer stack) {
        this.socket = socket;
        this.stack = stack;
    }

    @Override
    public StreamConnection accept() throws IOException {
        while (true) {
            final StreamConnection accepted = connection(socket.accept(), stack);
            if (accepted != null) {
                return accepted;
            }
        }
    }

    @Override
    public boolean whenAccepted(final Consumer<StreamConnection> accepted) {
        socket.socket().handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket ready) {
                acceptAll(accepted);
            }
        });
        return true;
    }

    private void acceptAll(final Consumer<StreamConnection> accepted) {
        try {
            for (TapSocket next = socket.acceptNow(); next != null; next = socket.acceptNow()) {
                final StreamConnection connection = connection(next, stack);
                if (connection != null) {
                    hand(connection, accepted);
                }
            }
        } catch (final IOException e) {
            // It is closed.
        }
    }

    private static void hand(final StreamConnection connection, final Consumer<StreamConnection> accepted) {
        try {
            accepted.accept(connection);
        } catch (final RuntimeException | OutOfMemoryError e) {
            connection.abort();
            LOG.error("{} is reset", connection.remote(), e);
        }
    }

    /** @return null if the peer has reset it before it was accepted, as port scanners do */
    static @Nullable StreamConnection connection(final TapSocket accepted, final SocketLayer stack) throws IOException {
        try {
            return new TapstackStreamConnection(accepted, stack);
        } catch (final SocketException e) {
            accepted.close();
            return null;
        } catch (final IOException | RuntimeException e) {
            accepted.close();
            throw e;
        }
    }

    @Override
    public InetSocketAddress local() {
        return socket.localAddress();
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
    }
}
