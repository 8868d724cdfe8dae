package io.tapstack.tcp;

import io.tapstack.error.SocketError;
import io.tapstack.ip.ErrorReport;

/**
 * Receives the events of a connection, on behalf of a socket. Methods run under the stack's lock, in the middle of
 * protocol work: they must be short, and only set a flag or wake a thread.
 */
public interface ConnectionObserver {

    /** Ignores all events. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /** The three-way handshake is complete. */
    default void connected() {}

    /** More can be read: data, the end of the stream, or an error. */
    default void readable() {}

    /** More can be written, after a write that took only a part; or the connection has an error. */
    default void writable() {}

    /** The peer has acknowledged all data and our FIN, and has not sent its own FIN: FIN-WAIT-2. */
    default void finAcknowledged() {}

    /** An ICMP error for our SYN ends the connection; {@link #closed()} follows. */
    default void refused(final ErrorReport report) {}

    /** An ICMP error has arrived that does not end the connection. */
    default boolean networkError(final SocketError error) {
        return false;
    }

    /**
     * The connection has ended: its state is CLOSED or TIME-WAIT. {@link TcpConnection#error()} returns the cause of a
     * failure.
     */
    default void closed() {}
}
