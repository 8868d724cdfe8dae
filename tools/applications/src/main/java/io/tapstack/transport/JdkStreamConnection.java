package io.tapstack.transport;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A blocking {@link SocketChannel}; a file is sent by {@code sendfile(2)}. */
final class JdkStreamConnection implements StreamConnection {

    private static final int COPY_BYTES = 16 * 1024;
    private static final int TRANSFER_BYTES = 256 * 1024;

    /** Before JDK 21, closing a channel does not wake up a thread in transferTo; shutting it down does. */
    private static final boolean CLOSE_WAKES_TRANSFER = Runtime.version().feature() >= 21;

    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private @Nullable ByteBuffer transferBuffer;
    private volatile boolean sendingFile;

    JdkStreamConnection(final SocketChannel channel) throws IOException {
        this.channel = channel;
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            this.input = channel.socket().getInputStream();
            this.output = channel.socket().getOutputStream();
            this.local = (InetSocketAddress) channel.getLocalAddress();
            this.remote = (InetSocketAddress) channel.getRemoteAddress();
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The socket itself, for moving bytes without a buffer of ours. */
    SocketChannel channel() {
        return channel;
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
        return channel.read(into);
    }

    @Override
    public int readTo(final WritableByteChannel target) throws IOException {
        ByteBuffer buffer = transferBuffer;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(TRANSFER_BYTES);
            transferBuffer = buffer;
        }
        final int count = channel.read(buffer.clear());
        for (buffer.flip(); buffer.hasRemaining(); ) {
            target.write(buffer);
        }
        return count;
    }

    @Override
    public void write(final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void keepAlive() throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    @Override
    public void readTimeoutMillis(final int millis) throws IOException {
        channel.socket().setSoTimeout(millis);
    }

    @Override
    public long sendFile(final MappedFile file, final long position, final long count) throws IOException {
        sendingFile = true;
        try {
            final long taken = file.channel().transferTo(position, count, channel);
            return taken > 0 ? taken : copyFile(file, position, count);
        } catch (final IOException e) {
            // transferTo does not say whether reading or writing failed: a read of the file finds out.
            file.read(ByteBuffer.allocate(1), position);
            throw e;
        } finally {
            sendingFile = false;
        }
    }

    /**
     * Sends some bytes by a plain write, which waits. Below a virtual thread a socket is non-blocking, and transferTo
     * returns 0 both for "no room now" and for "no such bytes".
     */
    private long copyFile(final MappedFile file, final long position, final long count) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, COPY_BYTES));
        if (file.read(buffer, position) <= 0) {
            return 0;
        }
        long sent = 0;
        buffer.flip();
        while (buffer.hasRemaining()) {
            sent += channel.write(buffer);
        }
        return sent;
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void abort() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (final IOException | RuntimeException e) {
            // Already closed, or reset by the peer: nothing is left to send.
        }
        close();
    }

    /**
     * The JDK does not tell what the peer has acknowledged. So a FIN tells the peer that no more bytes follow, which
     * lets a waiting peer give up by itself; the connection is reset when the peer has closed or the time is over.
     */
    @Override
    public void abortAfterSending(final Duration timeout) {
        final long deadline = System.nanoTime() + timeout.toNanos();
        try {
            shutdownOutput();
            final byte[] ignored = new byte[4096];
            long remainingMillis = timeout.toMillis();
            while (remainingMillis > 0) {
                readTimeoutMillis(Math.toIntExact(remainingMillis));
                if (input.read(ignored) < 0) {
                    break;
                }
                remainingMillis = (deadline - System.nanoTime()) / 1_000_000;
            }
        } catch (final IOException e) {
            // Out of time, or reset by the peer: the end is the same.
        }
        abort();
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void close() {
        try (channel) {
            if (sendingFile && !CLOSE_WAKES_TRANSFER) {
                channel.shutdownOutput();
            }
        } catch (final IOException e) {
            // Already closed, or reset by the peer. A close that fails has closed.
        }
    }
}
