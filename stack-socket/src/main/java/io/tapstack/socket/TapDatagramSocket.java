package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;

/**
 * A blocking UDP socket in the manner of {@link java.nio.channels.DatagramChannel}: same semantics, exceptions of {@code java.net}.
 *
 * <p>Any thread may call. {@link #close()} wakes all threads that wait in this socket, and they get a {@link
 * java.net.SocketException}.
 */
public final class TapDatagramSocket implements Closeable {

    private final DatagramSocket socket;

    private TapDatagramSocket(final DatagramSocket socket) {
        this.socket = socket;
    }

    /**
     * A socket at a local address and port, of which either may be left open (0).
     *
     * @throws java.net.BindException if the address is taken or not ours
     */
    public static TapDatagramSocket bind(final SocketLayer layer, final InetSocketAddress local) throws IOException {
        final DatagramSocket socket = layer.datagram();
        try {
            check(socket.bind(InetEndpoints.endpoint(local)));
            return new TapDatagramSocket(socket);
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The BSD-like socket beneath, for what has no method here. */
    public DatagramSocket socket() {
        return socket;
    }

    /**
     * Waits for a datagram and puts its bytes into {@code into}; what does not fit is dropped.
     *
     * @return who sent it
     */
    public InetSocketAddress receive(final ByteBuffer into) throws IOException {
        final PeerAddress sender = new PeerAddress();
        check(socket.recvFrom(into, 0, sender));
        final Endpoint from = sender.endpoint();
        if (from == null) {
            throw new SocketException("Socket input is shutdown");
        }
        return InetEndpoints.socketAddress(from);
    }

    /** Sends the remaining bytes of {@code payload} as one datagram. */
    public void send(final ByteBuffer payload, final InetSocketAddress destination) throws IOException {
        check(socket.sendTo(payload, 0, InetEndpoints.endpoint(destination)));
    }

    public InetSocketAddress localAddress() {
        return InetEndpoints.socketAddress(socket.localEndpoint());
    }

    public boolean isClosed() {
        return socket.isClosed();
    }

    /** Does nothing if the socket is closed. */
    @Override
    public void close() {
        socket.close();
    }

    private static void check(final int result) throws IOException {
        if (result < 0) {
            throw SocketFailure.of(result);
        }
    }
}
