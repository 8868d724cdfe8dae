package io.tapstack.tcp;

import io.tapstack.error.SocketError;
import io.tapstack.ip.ErrorReport;

/**
 * Whoever waits for a connection: a socket. Calls come under the stack's lock, in the middle of protocol work; they
 * must be short and only note what happened or wake somebody.
 */
public interface ConnectionObserver {

    /** Nobody waits. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /** The three-way handshake is complete. */
    default void connected() {}

    /** There is more to read: data, the end of the stream, or an error. */
    default void readable() {}

    /** There is room to write again after a write that took less than all, or an error. */
    default void writable() {}

    /**
     * The peer has acknowledged everything that was written, our FIN included, and has not sent its own yet:
     * FIN-WAIT-2.
     */
    default void finAcknowledged() {}

    /** An ICMP error has come about our SYN, and ends the connection: {@link #closed()} follows. */
    default void refused(final ErrorReport report) {}

    /**
     * An ICMP error has come, which the connection lives through.
     *
     * @return true if the application is told at once ({@code IP_RECVERR}); else it is a soft error
     */
    default boolean networkError(final SocketError error) {
        return false;
    }

    /**
     * The connection is over: its state is CLOSED (or TIME-WAIT), and {@link TcpConnection#error()} tells why if it
     * failed.
     */
    default void closed() {}
}
