package io.tapstack.transport;

import io.tapstack.socket.InetEndpoints;
import io.tapstack.socket.MappedFile;
import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StreamSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A connection of our own stack; a file is sent by reference. */
final class TapstackStreamConnection implements StreamConnection {

    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final TapSocket socket;
    private final SocketLayer stack;
    private final InputStream input;
    private final OutputStream output;
    private final Endpoint local;
    private final Endpoint remote;
    private volatile boolean handled;

    /**
     * @param socket connected
     * @param stack of the socket
     */
    TapstackStreamConnection(final TapSocket socket, final SocketLayer stack) throws IOException {
        this.socket = socket;
        this.stack = stack;
        socket.tcpNoDelay(true);
        this.input = socket.input();
        this.output = socket.output();
        this.local = socket.socket().localEndpoint();
        final Endpoint peer = socket.socket().remoteEndpoint();
        if (peer == null) {
            throw new SocketException("Socket is not connected");
        }
        this.remote = peer;
    }

    /** The socket itself, for moving bytes without a buffer of ours. */
    TapSocket socket() {
        return socket;
    }

    SocketLayer stack() {
        return stack;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public int read(final ByteBuffer into) throws IOException {
        return socket.read(into);
    }

    @Override
    public int readTo(final WritableByteChannel target) throws IOException {
        return socket.readTo(target);
    }

    @Override
    public void write(final ByteBuffer bytes) throws IOException {
        socket.write(bytes);
    }

    @Override
    public Readiness whenReadable(final Runnable action) {
        if (handled) {
            return socket.socket().isReadable() ? Readiness.NOW : Readiness.LATER;
        }
        handled = true;
        socket.socket().handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket ready) {
                action.run();
            }
        });
        return Readiness.LATER; // also for bytes that have already arrived
    }

    @Override
    public int readNow(final ByteBuffer into) throws IOException {
        return socket.readNow(into);
    }

    @Override
    public void writeNow(final ByteBuffer bytes) throws IOException {
        socket.writeNow(bytes);
    }

    @Override
    public void keepAlive() throws IOException {
        socket.keepAlive(true);
    }

    @Override
    public void readTimeoutMillis(final int millis) {
        socket.soTimeout(millis);
    }

    @Override
    public long sendFile(final MappedFile file, final long position, final long count) throws IOException {
        return socket.sendFile(file, position, count);
    }

    @Override
    public long sendCopy(final MappedFile file, final long position, final long count) throws IOException {
        return socket.sendCopy(file, position, count);
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void abort() {
        socket.abort();
    }

    @Override
    public void abortAfterSending(final Duration timeout) {
        final long deadline = System.nanoTime() + timeout.toNanos();
        while (socket.socket().unsentAndUnackedBytes() > 0
                && System.nanoTime() - deadline < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        socket.abort();
    }

    @Override
    public InetSocketAddress local() {
        return InetEndpoints.socketAddress(local);
    }

    @Override
    public InetSocketAddress remote() {
        return InetEndpoints.socketAddress(remote);
    }

    @Override
    public void close() {
        socket.close();
    }
}
