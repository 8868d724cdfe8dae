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
 * One TCP connection with blocking streams.
 *
 * <p>One thread may read while another one writes; {@link #abort()} and {@link #close()} may come from any thread and
 * wake up whoever blocks in this connection with an {@link IOException}.
 */
public interface StreamConnection extends Closeable {

    /**
     * What the peer sends. A read throws {@link java.net.SocketTimeoutException} after the
     * {@linkplain #readTimeoutMillis(int) read timeout}, and the connection stays usable. Closing the stream closes the
     * connection.
     */
    InputStream input();

    /**
     * What the peer receives. Unbuffered: a write returns when the transport has taken all its bytes, and one write is
     * sent as one piece where it can be. Closing the stream closes the connection.
     */
    OutputStream output();

    /** What becomes of a wish to be told when there is something to read. */
    enum Readiness {
        /** This transport tells nobody. */
        NEVER_TOLD,
        /** There is something to read already: it will not be told. */
        NOW,
        /** It will be told. */
        LATER
    }

    /**
     * Asks to be told when a read would not have to wait: bytes have come, or the end of them, or the connection is
     * gone. So a connection that has nothing to do needs no thread that waits for it.
     *
     * @param action the same one each time for the same connection; called by any thread, for one connection by one at
     *     a time; at least once, possibly before this call returns, and possibly inside the transport: it must not
     *     wait, and reads and writes by {@link #readNow} and {@link #writeNow}
     */
    default Readiness whenReadable(final Runnable action) {
        return Readiness.NEVER_TOLD;
    }

    /**
     * Reads what is there, without waiting. For what is called by {@link #whenReadable}.
     *
     * @return how many bytes were read; 0 if there is none or it is not known, -1 at the end
     */
    default int readNow(final ByteBuffer into) throws IOException {
        return 0;
    }

    /**
     * Writes what there is room for, without waiting. For what is called by {@link #whenReadable}, and has read by
     * {@link #readNow}.
     */
    default void writeNow(final ByteBuffer bytes) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads into a buffer, without the copy that a stream's array costs. Not limited by the read timeout, and not to be
     * mixed with a read of {@link #input()} at the same time.
     *
     * @return how many bytes were read, or -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Reads into a channel: from the transport's own memory where it can, without a copy. Waits for bytes as
     * {@link #read} does.
     *
     * @param target takes all that it is given, as a blocking channel does
     * @return how many bytes it was given, or -1 at the end
     */
    int readTo(WritableByteChannel target) throws IOException;

    /**
     * Writes all remaining bytes of a buffer, without the copy that a stream's array costs. Ordered with
     * {@link #output()}.
     */
    void write(ByteBuffer bytes) throws IOException;

    /** Probes the peer while nothing comes ({@code SO_KEEPALIVE}), so that one that has vanished is noticed. */
    void keepAlive() throws IOException;

    /** Limits how long one read may wait, in milliseconds; 0 waits forever (the default). */
    void readTimeoutMillis(int millis) throws IOException;

    /**
     * Sends a part of a file, without copying it where the transport can. Ordered with what was written to
     * {@link #output()} before.
     *
     * <p>Blocks until the transport has taken at least one byte. The transport may go on referring to the mapping after
     * this call, until the peer has acknowledged the bytes; it {@linkplain MappedFile#retain() retains} the file if it
     * needs its channel for that long. If the file is cut short after its bytes were taken, the transport sends what
     * the file still has and resets the connection: bytes that the file never had are never sent.
     *
     * @param position the first byte, from the file's start
     * @param count how many bytes, at least 1
     * @return how many bytes were taken, from 1 to {@code count}; 0 only if the file does not reach beyond
     *     {@code position} any more, because it was cut short
     */
    long sendFile(MappedFile file, long position, long count) throws IOException;

    /** Ends our direction (FIN) after everything written so far. Reading goes on. */
    void shutdownOutput() throws IOException;

    /**
     * Resets the connection (RST) and closes it. What the peer has not received yet may be lost. Does nothing if
     * closed.
     */
    void abort();

    /**
     * Delivers what was written so far, then resets the connection: for a message that cannot be completed.
     *
     * @param timeout how long to wait for the peer to take what was written
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
