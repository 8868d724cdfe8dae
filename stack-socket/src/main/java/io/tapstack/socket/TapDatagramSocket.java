package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A blocking UDP socket with exceptions, in the manner of {@link java.net.DatagramSocket}. Any thread may call;
 * {@link #close()} wakes waiting threads.
 */
public final class TapDatagramSocket implements Closeable {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DatagramSocket socket;

    /**
     * Creates a bound socket.
     *
     * @param local port 0 picks a free one
     * @throws java.net.BindException if the address is taken, or not one of the stack's
     */
    public TapDatagramSocket(final SocketLayer layer, final InetSocketAddress local) throws IOException {
        this.socket = layer.datagram(AddressFamily.IPV6);
        final int result = socket.bind(InetEndpoints.endpoint(local));
        if (result < 0) {
            socket.close();
            throw SocketFailure.of(result, socket);
        }
    }

    /** The BSD-like socket below, for calls without a method here. */
    public DatagramSocket socket() {
        return socket;
    }

    /** Connects to {@code remote}: datagrams are sent to it and received from it only. */
    public void connect(final InetSocketAddress remote) throws IOException {
        check(socket.connect(InetEndpoints.endpoint(remote)));
    }

    /**
     * Sends the remaining bytes of {@code payload} as one datagram.
     *
     * @param destination null for the connected one
     */
    public void send(final ByteBuffer payload, final @Nullable InetSocketAddress destination) throws IOException {
        final Endpoint to = destination == null ? null : InetEndpoints.endpoint(destination);
        check(socket.sendTo(payload, 0, to));
    }

    /**
     * Waits for a datagram and puts it at {@code target}'s position; bytes that do not fit are dropped.
     *
     * @return the sender
     * @throws SocketTimeoutException if the {@linkplain #soTimeout(int) time} is over
     * @throws PortUnreachableException if no socket is bound to the port that this socket is connected to
     */
    public InetSocketAddress receive(final ByteBuffer target) throws IOException {
        final PeerAddress sender = new PeerAddress();
        final int result = socket.recvFrom(target, 0, sender);
        if (Errno.is(result, SocketError.EAGAIN)) {
            throw new SocketTimeoutException("Receive timed out");
        }
        check(result);
        final Endpoint from = sender.endpoint();
        // Only socket() can shut down the input of this socket.
        return from == null ? localAddress() : InetEndpoints.socketAddress(from);
    }

    /** The longest wait of {@link #receive}, in milliseconds; 0 for no limit. */
    public void soTimeout(final int millis) {
        socket.receiveTimeoutNanos(millis * NANOS_PER_MILLI);
    }

    /** {@code SO_BROADCAST}. */
    public void broadcast(final boolean allowed) throws IOException {
        check(socket.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_BROADCAST, allowed ? 1 : 0));
    }

    /** The address and port that are bound. */
    public InetSocketAddress localAddress() {
        return InetEndpoints.socketAddress(socket.localEndpoint());
    }

    /** Does nothing if the socket is closed. */
    @Override
    public void close() {
        socket.close();
    }

    public boolean isClosed() {
        return socket.isClosed();
    }

    private void check(final int result) throws IOException {
        if (Errno.is(result, SocketError.ECONNREFUSED)) {
            throw new PortUnreachableException();
        }
        if (Errno.is(result, SocketError.EINTR)) {
            close();
        }
        if (result < 0) {
            throw SocketFailure.of(result, socket);
        }
    }
}
