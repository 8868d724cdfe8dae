package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A blocking TCP socket with streams, in the manner of {@link java.net.Socket}: same semantics, same exceptions, same
 * messages. A reading thread never keeps a writing one waiting.
 *
 * <p>Any thread may call. {@link #close()} wakes all threads that wait in this socket, and they get a
 * {@link SocketException}. A thread that is interrupted while it waits closes the socket and gets a
 * {@link java.nio.channels.ClosedByInterruptException}, as with channels.
 */
public final class TapSocket implements Closeable {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StreamSocket socket;
    private final SocketInput input = new SocketInput(this);
    private final SocketOutput output = new SocketOutput(this);
    private volatile boolean inputShut;
    private volatile boolean outputShut;

    /** Creates an unconnected socket. */
    public TapSocket(final SocketLayer layer) {
        this(layer.stream(AddressFamily.IPV6));
    }

    /** A view of {@code socket}, which is a blocking one. */
    TapSocket(final StreamSocket socket) {
        this.socket = socket;
    }

    /** Creates a socket that is connected to {@code remote}. */
    public static TapSocket connect(final SocketLayer layer, final InetSocketAddress remote) throws IOException {
        final TapSocket socket = new TapSocket(layer);
        socket.connect(remote, 0);
        return socket;
    }

    /** The BSD-like socket below, for calls without a method here. */
    public StreamSocket socket() {
        return socket;
    }

    // ---- Connecting

    /** Takes a local address and port; either may be 0, for any. */
    public void bind(final InetSocketAddress local) throws IOException {
        check(socket.bind(InetEndpoints.endpoint(local)));
    }

    /**
     * Connects. If that fails, the socket is closed.
     *
     * @param timeoutMillis 0 for as long as TCP tries
     * @throws SocketTimeoutException if the time is over
     * @throws java.net.ConnectException if the peer refuses, or does not answer
     */
    public void connect(final InetSocketAddress remote, final int timeoutMillis) throws IOException {
        requireNotNegative(timeoutMillis);
        final Endpoint endpoint = InetEndpoints.endpoint(remote);
        socket.sendTimeoutNanos(timeoutMillis * NANOS_PER_MILLI);
        final int result = socket.connect(endpoint);
        // The limit is for connect alone; a write waits without a limit.
        socket.sendTimeoutNanos(0);
        if (result == 0) {
            return;
        }
        if (Errno.is(result, SocketError.EISCONN)) {
            throw SocketFailure.of(result, socket);
        }
        final boolean timedOut = Errno.is(result, SocketError.EINPROGRESS) || Errno.is(result, SocketError.EALREADY);
        close();
        throw timedOut ? new SocketTimeoutException("Connect timed out") : SocketFailure.of(result, socket);
    }

    public boolean isConnected() {
        return socket.remoteEndpoint() != null;
    }

    /** Our address and port. */
    public InetSocketAddress localAddress() {
        return InetEndpoints.socketAddress(socket.localEndpoint());
    }

    /** The peer's address and port, or null if the socket is not connected. */
    public @Nullable InetSocketAddress remoteAddress() {
        final Endpoint remote = socket.remoteEndpoint();
        return remote == null ? null : InetEndpoints.socketAddress(remote);
    }

    // ---- Bytes

    /** The bytes from the peer. Closing the stream closes the socket. */
    public InputStream input() throws IOException {
        requireOpen();
        if (inputShut) {
            throw new SocketException("Socket input is shutdown");
        }
        return input;
    }

    /**
     * The bytes to the peer. A write returns when the stack has taken all its bytes. Closing the stream closes the
     * socket.
     */
    public OutputStream output() throws IOException {
        requireOpen();
        if (outputShut) {
            throw new SocketException("Socket output is shutdown");
        }
        return output;
    }

    /**
     * Reads into a buffer; waits for at least one byte, as {@link #input()} does.
     *
     * @return the number of bytes read, or -1 at the end
     */
    public int read(final ByteBuffer target) throws IOException {
        return input.read(target);
    }

    /** Writes all remaining bytes of {@code source}. Ordered with earlier writes to {@link #output()}. */
    public void write(final ByteBuffer source) throws IOException {
        output.write(source);
    }

    /**
     * Reads into a blocking channel; see {@link StreamSocket#recvTo}.
     *
     * @return the number of bytes that the channel took, at least 1, or -1 at the end
     */
    public int readTo(final WritableByteChannel target) throws IOException {
        return input.readTo(target);
    }

    /**
     * Writes the bytes of a blocking channel; see {@link StreamSocket#sendFrom}.
     *
     * @return the number of bytes written, at least 1, or -1 at the channel's end
     */
    public int writeFrom(final ScatteringByteChannel source) throws IOException {
        return output.writeFrom(source);
    }

    /**
     * Reads the available bytes, without waiting; for a {@link SocketHandler}.
     *
     * @return the number of bytes read; 0 if there is none yet, -1 at the end
     */
    public int readNow(final ByteBuffer target) throws IOException {
        return input.readNow(target);
    }

    /**
     * Writes as many of the remaining bytes of {@code source} as there is room for, without waiting; for a
     * {@link SocketHandler}.
     */
    public void writeNow(final ByteBuffer source) throws IOException {
        output.writeNow(source);
    }

    /**
     * Sends a part of a file by reference; see {@link StreamSocket#sendFile}. Ordered with earlier writes to
     * {@link #output()}.
     *
     * @return the number of bytes taken: {@code count}, or fewer if the file does not reach that far (any more)
     */
    public long sendFile(final MappedFile file, final long position, final long count) throws IOException {
        return output.sendFile(file, position, count);
    }

    /**
     * Sends a part of a file by a copy; see {@link StreamSocket#sendCopy}. Ordered with earlier writes to
     * {@link #output()}.
     *
     * @return the number of bytes taken: {@code count}, or fewer if the file does not reach that far
     */
    public long sendCopy(final MappedFile file, final long position, final long count) throws IOException {
        return output.sendCopy(file, position, count);
    }

    /** The longest wait of a read, in milliseconds; 0 for no limit. A read in progress is not affected. */
    public void soTimeout(final int millis) {
        requireNotNegative(millis);
        socket.receiveTimeoutNanos(millis * NANOS_PER_MILLI);
    }

    public int soTimeout() {
        return (int) (socket.receiveTimeoutNanos() / NANOS_PER_MILLI);
    }

    // ---- The end

    /** Ends the input: reads return end of stream from now on. */
    public void shutdownInput() throws IOException {
        requireOpen();
        if (inputShut) {
            throw new SocketException("Socket input is already shutdown");
        }
        check(socket.shutdown(Shutdown.INPUT));
        inputShut = true;
    }

    /** Ends the output, behind all data written. */
    public void shutdownOutput() throws IOException {
        requireOpen();
        if (outputShut) {
            throw new SocketException("Socket output is already shutdown");
        }
        check(socket.shutdown(Shutdown.OUTPUT));
        outputShut = true;
    }

    /** Resets the connection and closes the socket. Does nothing if it is closed. */
    public void abort() {
        socket.lingerSeconds(0);
        socket.close();
    }

    /** Does nothing if the socket is closed. */
    @Override
    public void close() {
        socket.close();
    }

    public boolean isClosed() {
        return socket.isClosed();
    }

    // ---- Options

    /** {@code TCP_NODELAY}. */
    public void tcpNoDelay(final boolean on) throws IOException {
        check(socket.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY, on ? 1 : 0));
    }

    /** {@code SO_KEEPALIVE}. */
    public void keepAlive(final boolean on) throws IOException {
        check(socket.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_KEEPALIVE, on ? 1 : 0));
    }

    /** {@code SO_REUSEADDR}, to be set before {@link #bind}. */
    public void reuseAddress(final boolean on) throws IOException {
        check(socket.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEADDR, on ? 1 : 0));
    }

    /** {@code SO_LINGER}: see {@link StreamSocket#lingerSeconds(int)}. */
    public void soLinger(final int seconds) {
        socket.lingerSeconds(seconds);
    }

    // ---- For the streams

    boolean isInputShut() {
        return inputShut;
    }

    /** Throws the exception for a call's negative result; an interrupted thread closes the socket. */
    IOException failure(final long result) {
        if (Errno.is(result, SocketError.EINTR)) {
            close();
        }
        return SocketFailure.of(result, socket);
    }

    private void check(final int result) throws IOException {
        if (result < 0) {
            throw SocketFailure.of(result, socket);
        }
    }

    private void requireOpen() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
    }

    private static void requireNotNegative(final int millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("a timeout of " + millis + " ms");
        }
    }

    @Override
    public String toString() {
        return "TapSocket[" + socket.localEndpoint() + " > " + socket.remoteEndpoint() + "]";
    }
}
