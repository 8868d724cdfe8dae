package io.tapstack.transport;

import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Our own TCP/IP. */
public final class TapstackTransport implements Transport {

    private final SocketLayer sockets;

    /** The stack whose sockets these are. */
    public TapstackTransport(final SocketLayer sockets) {
        this.sockets = sockets;
    }

    /** The sockets beneath, for what no other transport has. */
    public SocketLayer sockets() {
        return sockets;
    }

    @Override
    public String name() {
        return "tapstack";
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
        return new TapstackListener(TapServerSocket.listen(sockets, local, backlog));
    }

    @Override
    public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        final TapSocket socket = new TapSocket(sockets);
        try {
            socket.connect(remote, Math.toIntExact(timeout.toMillis()));
            return new TapstackStreamConnection(socket);
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public DatagramEndpoint datagrams(final InetSocketAddress local) throws IOException {
        return new TapstackDatagramEndpoint(new TapDatagramSocket(sockets, local));
    }
}
