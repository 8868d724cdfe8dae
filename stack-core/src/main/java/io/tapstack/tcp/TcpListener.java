package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * A passive OPEN (RFC 9293 3.9.1.1): connections that peers open, until the application accepts them. The backlog
 * limits the connections that wait to be accepted, as on Linux (listen(2)).
 *
 * <p>All calls are made under the stack's lock.
 */
public interface TcpListener {

    /** Where it listens; the address may be "any". */
    Endpoint local();

    /** What new connections start with; changes hold from the next SYN on. */
    TcpConfig config();

    /** The oldest complete connection, or null if there is none. Its observer is still to be set. */
    @Nullable
    TcpConnection accept();

    /** How many connections wait to be accepted. */
    int pending();

    /** Half-open connections now. */
    int halfOpen();

    /** How many may wait to be accepted, but for the one more. */
    int backlog();

    /** Changes the limit of the accept queue; less than 0 stands for the largest there is, as on Linux. */
    void backlog(int connections);

    /** Who is told, under the lock, that a connection can be accepted. */
    void observer(Runnable newAcceptable);

    /** No more connections; those that were not accepted are reset. The binding stays its owner's. */
    void close(long nowNanos);
}
