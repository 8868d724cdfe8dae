package io.tapstack.tcp;

import io.tapstack.error.SocketErrorException;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** TCP of one stack: passive and active OPEN, and local ports. All methods are called under the stack's lock. */
public interface TcpProtocol {

    /**
     * Fixes the initial sequence number of all new connections, for tests of the wire. Empty restores unpredictable
     * numbers (RFC 6528), the default.
     */
    void fixInitialSequenceNumber(OptionalInt iss);

    /** Reserves a local port as {@link #bind(Endpoint, PortSharing)} does, with SO_REUSEADDR or without sharing. */
    TcpBinding bind(Endpoint local, boolean reuseAddress) throws SocketErrorException;

    /**
     * Reserves a local port. Connections on the port, TIME-WAIT included, conflict as other bindings do.
     *
     * @param local port 0 for an ephemeral one; the address is one of ours or "any"
     * @throws SocketErrorException EADDRNOTAVAIL, EADDRINUSE
     */
    TcpBinding bind(Endpoint local, PortSharing sharing) throws SocketErrorException;

    /**
     * The same with IPV6_V6ONLY: without it, a binding of :: takes both families.
     *
     * @param ipv6Only true to leave IPv4 out of a binding of ::
     */
    TcpBinding bind(Endpoint local, boolean ipv6Only, PortSharing sharing) throws SocketErrorException;

    /**
     * Checks that an address can be bound to.
     *
     * @throws SocketErrorException EADDRNOTAVAIL unless the address is one of ours or "any"
     */
    void requireLocal(IpAddress address) throws SocketErrorException;

    /**
     * Passive OPEN.
     *
     * @param config options of the accepted connections
     * @throws SocketErrorException EADDRINUSE if another socket listens there, or does not share the port any more
     */
    TcpListener listen(TcpBinding binding, int backlog, TcpConfig config) throws SocketErrorException;

    /** True if a SYN to this server could carry data now (RFC 7413): its cookie is cached, or none is needed. */
    boolean maySendWithSyn(IpAddress server, TcpConfig config, long nowNanos);

    /**
     * Active OPEN without data, as {@link #connect(TcpBinding, Endpoint, TcpConfig, ConnectionObserver, ByteBuffer,
     * long)}.
     */
    TcpConnection connect(
            @Nullable TcpBinding binding, Endpoint remote, TcpConfig config, ConnectionObserver observer, long nowNanos)
            throws SocketErrorException;

    /**
     * Active OPEN: sends the SYN.
     *
     * @param binding the local address and port, or null for the address of the route and an ephemeral port
     * @param data data for the SYN, as far as Fast Open allows; its position advances by the bytes taken
     * @throws SocketErrorException ENETUNREACH, EADDRNOTAVAIL (also if the 4-tuple is in use, or belongs to another
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

    /** All connections except those in TIME-WAIT; a snapshot. */
    List<TcpConnection> connections();

    /** Number of connections in TIME-WAIT. */
    int timeWaitCount();

    /** Number of connections without an application. */
    int orphanCount();

    /** All listeners. */
    Collection<TcpListener> listeners();
}
