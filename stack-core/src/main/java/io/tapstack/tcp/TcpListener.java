package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * A passive OPEN (RFC 9293 3.9.1.1), with a queue of connections that the application has not accepted. The backlog
 * limits this queue, as on Linux (listen(2)).
 *
 * <p>All methods are called under the stack's lock.
 */
public interface TcpListener {

    /** The local address and port; the address may be "any". */
    Endpoint local();

    /** True for a listener at :: that takes no IPv4 peers (IPV6_V6ONLY). */
    boolean ipv6Only();

    /** The options of new connections; a change applies to the next SYN. */
    TcpConfig config();

    /**
     * Removes the oldest connection from the accept queue; null if the queue is empty. The caller sets its observer.
     */
    @Nullable
    TcpConnection accept();

    /** Number of connections in the accept queue. */
    int pending();

    /** Number of half-open connections. */
    int halfOpen();

    /** Limit of the accept queue. As on Linux, the queue may hold one connection more. */
    int backlog();

    /** Sets the limit of the accept queue; a negative value stands for the largest limit, as on Linux. */
    void backlog(int connections);

    /** Sets the callback for a new connection in the accept queue; it runs under the stack's lock. */
    void observer(Runnable newAcceptable);

    /** Stops listening, and resets the connections in the accept queue. The binding remains with its owner. */
    void close(long nowNanos);
}
