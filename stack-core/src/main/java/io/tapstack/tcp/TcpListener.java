package io.tapstack.tcp;

import io.tapstack.event.DropReason;
import io.tapstack.ip.IpPath;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A passive open: the LISTEN state, the SYN queue of half-open connections and the accept queue of complete ones. The backlog
 * limits the accept queue, as on Linux (listen(2)); the SYN queue has a limit of its own. When the accept queue is full, new SYNs and
 * the ACKs that would complete a handshake are dropped, so that peers try again.
 */
public final class TcpListener {

    /** Most half-open connections of one listener. */
    static final int MAX_HALF_OPEN = 1_024;

    private final TcpProtocol protocol;
    private final TcpBinding binding;
    private final TcpConfig config;
    private final ArrayDeque<TcpConnection> acceptQueue = new ArrayDeque<>();
    private int backlog;
    private int halfOpen;
    private boolean closed;
    private Runnable acceptable = () -> {};

    TcpListener(final TcpProtocol protocol, final TcpBinding binding, final int backlog, final TcpConfig config) {
        this.protocol = protocol;
        this.binding = binding;
        this.config = config;
        this.backlog = Math.max(1, backlog);
    }

    /** Where it listens; the address may be "any". */
    public Endpoint local() {
        return binding.local();
    }

    /** What new connections start with; changes hold from the next SYN on. */
    public TcpConfig config() {
        return config;
    }

    /** The oldest complete connection, or null if there is none. Its observer is still to be set. */
    public @Nullable TcpConnection accept() {
        final TcpConnection connection = acceptQueue.poll();
        if (connection != null) {
            connection.listener = null;
        }
        return connection;
    }

    /** How many connections wait to be accepted. */
    public int pending() {
        return acceptQueue.size();
    }

    /** Changes the limit of the accept queue. */
    public void backlog(final int connections) {
        backlog = Math.max(1, connections);
    }

    /** Who is told, under the door, that a connection can be accepted. */
    public void observer(final Runnable newAcceptable) {
        acceptable = newAcceptable;
    }

    /** No more connections; those that were not accepted are reset. The binding stays its owner's. */
    public void close(final long nowNanos) {
        if (closed) {
            return;
        }
        closed = true;
        protocol.remove(this);
        for (TcpConnection connection = accept(); connection != null; connection = accept()) {
            connection.abort(nowNanos);
        }
        protocol.dropHalfOpen(this, nowNanos);
    }

    boolean hasRoom() {
        return acceptQueue.size() < backlog;
    }

    TcpBinding binding() {
        return binding;
    }

    /** SEGMENT ARRIVES in the LISTEN state (RFC 9293 3.10.7.2). {@code path} leads back to the sender. */
    void segmentArrives(
            final Segment segment,
            final Endpoint local,
            final Endpoint remote,
            final IpPath path,
            final long nowNanos) {
        // First: a RST is ignored.
        if (segment.has(TcpHeader.RST)) {
            protocol.statistics().drop(DropReason.TCP_RST_IGNORED);
            return;
        }
        // Second: an ACK cannot be for anything that we sent.
        if (segment.has(TcpHeader.ACK)) {
            protocol.resets().answer(segment, path, nowNanos);
            protocol.statistics().drop(DropReason.TCP_NO_SOCKET);
            return;
        }
        // Third: a SYN; fourth: anything else is dropped.
        if (!segment.has(TcpHeader.SYN)) {
            protocol.statistics().drop(DropReason.TCP_FLAGS);
            return;
        }
        if (!hasRoom()) {
            protocol.statistics().drop(DropReason.TCP_LISTEN_OVERFLOW);
        } else if (halfOpen >= MAX_HALF_OPEN) {
            protocol.statistics().drop(DropReason.TCP_SYN_QUEUE_FULL);
        } else {
            open(segment, local, remote, path, nowNanos);
        }
    }

    private void open(
            final Segment syn, final Endpoint local, final Endpoint remote, final IpPath path, final long nowNanos) {
        final TcpConnection connection = new TcpConnection(protocol, path, local, remote, config.copy(), nowNanos);
        connection.listener = this;
        halfOpen++;
        connection.irs = syn.seq;
        connection.rcvNxt = syn.seq + 1;
        connection.rcvAdv = connection.rcvNxt;
        connection.sndWnd = syn.window;
        connection.maxSndWnd = syn.window;
        connection.negotiate(syn, nowNanos);
        protocol.add(connection);
        // Data that came with the SYN is not kept: the peer sends it again after the handshake.
        connection.open(TcpState.SYN_RECEIVED, nowNanos);
    }

    /** A handshake is complete. */
    void established(final TcpConnection connection) {
        halfOpen--;
        acceptQueue.add(connection);
        acceptable.run();
    }

    /** A handshake failed. */
    void handshakeFailed() {
        halfOpen--;
    }

    /** Half-open connections now. */
    public int halfOpen() {
        return halfOpen;
    }
}
