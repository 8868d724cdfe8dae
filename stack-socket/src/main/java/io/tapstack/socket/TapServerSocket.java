package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP socket, in the manner of {@link java.net.ServerSocket}. Any thread may call, and several may accept.
 */
public final class TapServerSocket implements Closeable {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StreamSocket socket;

    private TapServerSocket(final StreamSocket socket) {
        this.socket = socket;
    }

    /**
     * Listens. As with the JDK on Linux, a port that connections of an earlier server still use can be taken again.
     *
     * @param local port 0 picks a free one; the any-address stands for all addresses of the stack
     * @param backlog connections that may wait to be accepted
     * @throws java.net.BindException if the address is taken, or not one of the stack's
     */
    public static TapServerSocket listen(final SocketLayer layer, final InetSocketAddress local, final int backlog)
            throws IOException {
        final StreamSocket socket = layer.stream(AddressFamily.IPV6);
        int result = socket.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEADDR, 1);
        if (result == 0) {
            result = socket.bind(InetEndpoints.endpoint(local));
        }
        if (result == 0) {
            result = socket.listen(backlog);
        }
        if (result < 0) {
            socket.close();
            throw SocketFailure.of(result, socket);
        }
        return new TapServerSocket(socket);
    }

    /** The BSD-like socket below, for calls without a method here. */
    public StreamSocket socket() {
        return socket;
    }

    /**
     * Waits for a connection.
     *
     * @throws SocketTimeoutException if the {@linkplain #soTimeout(int) time} is over
     * @throws SocketException if the socket is closed, also during the wait
     */
    public TapSocket accept() throws IOException {
        final TapSocket accepted = accept(0);
        if (accepted == null) {
            throw new SocketTimeoutException("Accept timed out");
        }
        return accepted;
    }

    /**
     * Accepts a connection that is waiting, without waiting for one.
     *
     * @return null if there is none
     * @throws SocketException if the socket is closed
     */
    public @Nullable TapSocket acceptNow() throws IOException {
        return accept(MessageFlags.MSG_DONTWAIT);
    }

    private @Nullable TapSocket accept(final int flags) throws IOException {
        try {
            final StreamSocket accepted = socket.accept(flags);
            if (accepted == null) {
                return null;
            }
            // As in the JDK, the time limit is for accept only.
            accepted.receiveTimeoutNanos(0);
            return new TapSocket(accepted);
        } catch (final SocketErrorException e) {
            if (e.error() == SocketError.EINTR) {
                close();
            }
            throw SocketFailure.of(e.error(), socket);
        }
    }

    /** The longest wait of {@link #accept()}, in milliseconds; 0 for no limit. */
    public void soTimeout(final int millis) {
        socket.receiveTimeoutNanos(millis * NANOS_PER_MILLI);
    }

    /** The address and port that are bound. */
    public InetSocketAddress localAddress() {
        return InetEndpoints.socketAddress(socket.localEndpoint());
    }

    /** Stops listening. Accepted connections live on; the others are reset. Does nothing if closed. */
    @Override
    public void close() {
        socket.close();
    }

    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public String toString() {
        return "TapServerSocket[" + socket.localEndpoint() + "]";
    }
}
