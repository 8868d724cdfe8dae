package io.tapstack.transport;

import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;

/** A listening socket of our own stack. */
final class TapstackListener implements Listener {

    private final TapServerSocket socket;

    TapstackListener(final TapServerSocket socket) {
        this.socket = socket;
    }

    @Override
    public StreamConnection accept() throws IOException {
        while (true) {
            final TapSocket accepted = socket.accept();
            try {
                return new TapstackStreamConnection(accepted);
            } catch (final SocketException e) {
                accepted.close(); // reset by its peer before anybody accepted it, as port scanners do: the next one,
                // then
            } catch (final IOException | RuntimeException e) {
                accepted.close();
                throw e;
            }
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
