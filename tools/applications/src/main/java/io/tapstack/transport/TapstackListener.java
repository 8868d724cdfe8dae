package io.tapstack.transport;

import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A listening socket of our own stack. */
final class TapstackListener implements Listener {

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
