package io.tapstack.tcp;

import io.tapstack.error.SocketErrorException;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** TCP of one stack: passive and active OPEN, and local ports. All calls are made under the stack's lock. */
public interface TcpProtocol {

    /**
     * For tests of the wire: every connection from now on starts with this sequence number. Empty for numbers that
     * nobody can guess (RFC 6528), which is the default.
     */
    void fixInitialSequenceNumber(OptionalInt iss);

    /** As {@link #bind(Endpoint, PortSharing)}, with SO_REUSEADDR or with nothing. */
    TcpBinding bind(Endpoint local, boolean reuseAddress) throws SocketErrorException;

    /**
     * Reserves a local port. Connections that have it, TIME-WAIT included, stand in the way as other bindings do.
     *
     * @param local port 0 for an ephemeral one; the address is one of ours or "any"
     * @throws SocketErrorException EADDRNOTAVAIL, EADDRINUSE
     */
    TcpBinding bind(Endpoint local, PortSharing sharing) throws SocketErrorException;

    /** @throws SocketErrorException EADDRNOTAVAIL unless the address is one of ours or "any" */
    void requireLocal(IpAddress address) throws SocketErrorException;

    /**
     * Passive OPEN.
     *
     * @param config what accepted connections start with
     * @throws SocketErrorException EADDRINUSE if somebody listens there already, or does not share the port any more
     */
    TcpListener listen(TcpBinding binding, int backlog, TcpConfig config) throws SocketErrorException;

    /**
     * True if a connection to this server could send data in its SYN now (RFC 7413): it has a cookie, or does without.
     */
    boolean maySendWithSyn(IpAddress server, TcpConfig config, long nowNanos);

    /** As {@link #connect(TcpBinding, Endpoint, TcpConfig, ConnectionObserver, ByteBuffer, long)}, without data. */
    TcpConnection connect(
            @Nullable TcpBinding binding, Endpoint remote, TcpConfig config, ConnectionObserver observer, long nowNanos)
            throws SocketErrorException;

    /**
     * Active OPEN: sends the SYN.
     *
     * @param binding where from, or null for an address that the route chooses and an ephemeral port
     * @param data what the SYN takes along, as far as Fast Open lets it; its position moves on by so much
     * @throws SocketErrorException ENETUNREACH, EADDRNOTAVAIL (also if the 4-tuple is taken, or belongs to another
     *     stack), EINVAL
     */
    TcpConnection connect(
            @Nullable TcpBinding binding,
            Endpoint remote,
            TcpConfig config,
            ConnectionObserver observer,
            ByteBuffer data,
            long nowNanos)
            throws SocketErrorException;

    /** All connections but those in TIME-WAIT; a snapshot. */
    List<TcpConnection> connections();

    /** How many connections are in TIME-WAIT. */
    int timeWaitCount();

    /** How many connections go on without an application. */
    int orphanCount();

    /** All listeners. */
    Collection<TcpListener> listeners();
}
