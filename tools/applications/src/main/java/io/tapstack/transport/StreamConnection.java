package io.tapstack.transport;

import io.tapstack.socket.MappedFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;

/**
 * A TCP connection with blocking streams.
 *
 * <p>One thread may read while another one writes; {@link #abort()} and {@link #close()} may come from any thread and
 * wake up threads that block in this connection with an {@link IOException}.
 */
public interface StreamConnection extends Closeable {

    /** The size of a buffer for copies. */
    int COPY_BYTES = 64 * 1024;

    /**
     * The bytes from the peer. A read throws {@link java.net.SocketTimeoutException} after the
     * {@linkplain #readTimeoutMillis(int) read timeout}, and the connection stays usable. Closing the stream closes the
     * connection.
     */
    InputStream input();

    /**
     * The bytes to the peer. Unbuffered: a write returns when the transport has taken all its bytes, and one write is
     * sent as one piece where possible. Closing the stream closes the connection.
     */
    OutputStream output();

    /** The result of {@link #whenReadable}. */
    enum Readiness {
        /** This transport makes no such calls. */
        NEVER_TOLD,
        /** There are bytes to read already: no call follows. */
        NOW,
        /** The call will follow. */
        LATER
    }

    /**
     * Requests a call when a read would not wait: bytes or their end have arrived, or the connection is gone. So an
     * idle connection needs no thread.
     *
     * @param action the same one each time for the same connection; called by any thread, for one connection by one at
     *     a time; at least once, possibly before this call returns, and possibly inside the transport: it must not
     *     wait, and reads and writes by {@link #readNow} and {@link #writeNow}
     */
    default Readiness whenReadable(final Runnable action) {
        return Readiness.NEVER_TOLD;
    }

    /**
     * Reads the available bytes, without waiting. For calls of {@link #whenReadable}.
     *
     * @return the number of bytes read; 0 if there is none or it is not known, -1 at the end
     */
    default int readNow(final ByteBuffer into) throws IOException {
        return 0;
    }

    /**
     * Writes as many bytes as there is room for, without waiting. For calls of {@link #whenReadable} that have read by
     * {@link #readNow}.
     */
    default void writeNow(final ByteBuffer bytes) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads into a buffer, without the copy that a stream's array costs. Not limited by the read timeout, and not to be
     * mixed with a concurrent read of {@link #input()}.
     *
     * @return the number of bytes read, or -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Reads into a channel: from the transport's own memory where possible, without a copy. Waits for bytes as
     * {@link #read} does.
     *
     * @param target takes all bytes, as a blocking channel does
     * @return the number of bytes passed to it, or -1 at the end
     */
    int readTo(WritableByteChannel target) throws IOException;

    /**
     * Writes all remaining bytes of a buffer, without the copy that a stream's array costs. Ordered with
     * {@link #output()}.
     */
    void write(ByteBuffer bytes) throws IOException;

    /** Probes an idle peer ({@code SO_KEEPALIVE}), so that a vanished one is noticed. */
    void keepAlive() throws IOException;

    /** Limits the wait of one read, in milliseconds; 0 waits forever (the default). */
    void readTimeoutMillis(int millis) throws IOException;

    /**
     * Sends a part of a file, without copying it where the transport can. Ordered with earlier writes to
     * {@link #output()}.
     *
     * <p>Blocks until the transport has taken at least one byte. The transport may refer to the mapping after this
     * call, until the peer has acknowledged the bytes; it {@linkplain MappedFile#retain() retains} the file if it needs
     * its channel for that long. If the file is cut short after its bytes were taken, the transport sends the bytes
     * that the file still has and resets the connection: bytes that the file never had are never sent.
     *
     * @param position the first byte, from the file's start
     * @param count number of bytes, at least 1
     * @return the number of bytes taken, from 1 to {@code count}; 0 only if the file does not reach beyond
     *     {@code position} any more, because it was cut short
     */
    long sendFile(MappedFile file, long position, long count) throws IOException;

    /**
     * Sends a part of a file by a copy, which is independent of the file from then on. Ordered with earlier writes to
     * {@link #output()}. Blocks until the transport has taken the bytes.
     *
     * @param position the first byte, from the file's start
     * @param count number of bytes, at least 1
     * @return the number of bytes taken; fewer than {@code count} only if the file does not reach that far (any more)
     */
    default long sendCopy(final MappedFile file, final long position, final long count) throws IOException {
        final byte[] buffer = new byte[(int) Math.min(count, COPY_BYTES)];
        long sent = 0;
        while (sent < count) {
            final int wanted = (int) Math.min(buffer.length, count - sent);
            final int filled = file.read(ByteBuffer.wrap(buffer, 0, wanted), position + sent);
            if (filled <= 0) {
                break;
            }
            output().write(buffer, 0, filled);
            sent += filled;
        }
        return sent;
    }

    /** Ends our direction (FIN) after everything written so far. Reading continues. */
    void shutdownOutput() throws IOException;

    /**
     * Resets the connection (RST) and closes it. Bytes that the peer has not received yet may be lost. Does nothing if
     * closed.
     */
    void abort();

    /**
     * Delivers the bytes written so far, then resets the connection: for a message that cannot be completed.
     *
     * @param timeout longest wait for the peer to take the bytes
     */
    void abortAfterSending(Duration timeout);

    /** Our address and port. */
    InetSocketAddress local();

    /** The peer's address and port. */
    InetSocketAddress remote();

    /**
     * Closes the connection: ends our direction if it has not ended and gives up the peer's. Does nothing if closed.
     */
    @Override
    void close();
}
