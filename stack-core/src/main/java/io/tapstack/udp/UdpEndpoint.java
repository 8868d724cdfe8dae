package io.tapstack.udp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.BoundAddress;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.PendingErrors;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The protocol side of a datagram socket. No call waits: one that cannot proceed says so, and the {@link UdpObserver}
 * is told when it can.
 *
 * <p>All calls are made with the stack's lock held.
 */
public final class UdpEndpoint implements AutoCloseable {

    /** Largest payload over IPv6: 65,535 less the UDP header. Over IPv4 it is less by the 20 bytes of its header. */
    public static final int MAX_PAYLOAD = 65_527;

    /** Default for {@link #receiveLimitBytes(int)}, as Linux has it. */
    public static final int DEFAULT_RECEIVE_LIMIT = 212_992;

    /** For a setting of one datagram: that of {@link #options()}. */
    public static final int OPTION = -1;

    private static final int UNBOUND = 0;

    private final UdpProtocol udp;
    private final DatagramQueue received;
    private final UdpErrors errors = new UdpErrors(this);
    private final UdpOptions options = new UdpOptions();
    private UdpObserver observer = UdpObserver.NONE;

    private final IpAddress any;
    private BoundAddress bound;
    private BoundAddress local;
    private int localPort = UNBOUND;
    private @Nullable Endpoint remote;
    private @Nullable IpPath path;

    private boolean portWasChosen;
    private boolean outputEnded;
    private boolean closed;

    /** The next endpoint of the same bucket in {@link UdpPorts}. */
    @Nullable
    UdpEndpoint nextInBucket;

    /** True while this endpoint waits for the device to have room. */
    boolean waitsForRoom;

    UdpEndpoint(final UdpProtocol udp, final IpAddress any, final DatagramQueue received) {
        this.udp = udp;
        this.any = any;
        this.bound = BoundAddress.of(any);
        this.local = bound;
        this.received = received;
    }

    // ---- Names

    /**
     * Binds to one of our addresses or to any, and to a port.
     *
     * @param name port 0 for a free one
     * @throws SocketErrorException EINVAL if already bound, EADDRNOTAVAIL if the address is not ours, EADDRINUSE
     */
    public void bind(final Endpoint name) throws SocketErrorException {
        requireOpen();
        final IpAddress address = name.address();
        if (!address.isAny() && !udp.ip().isLocal(address) && !udp.ip().isBroadcast(address)) {
            throw new SocketErrorException(SocketError.EADDRNOTAVAIL, address.toString());
        }
        if (localPort != UNBOUND) {
            throw new SocketErrorException(SocketError.EINVAL, "UDP socket is bound to " + local());
        }
        portWasChosen = name.port() == 0;
        final int port = portWasChosen ? udp.ports().chooseEphemeral() : name.port();
        final BoundAddress wanted = new BoundAddress(address, options.ipv6Only());
        if (!udp.ports().isFree(wanted, port, this)) {
            throw new SocketErrorException(SocketError.EADDRINUSE, "UDP " + name);
        }
        bound = wanted;
        local = wanted;
        localPort = port;
        udp.ports().add(this);
    }

    /**
     * Connects to {@code remote}: from now on datagrams are sent to it and received from it only. Binds to a free port
     * if need be, also if connecting fails.
     *
     * @throws SocketErrorException ENETUNREACH without a route, EACCES for a broadcast address without permission
     */
    public void connect(final Endpoint remote) throws SocketErrorException {
        requireOpen();
        if (localPort == UNBOUND) {
            bind(new Endpoint(any, 0));
        }
        final IpPath found = findPath(sendingAddress(), remote.address());
        this.remote = remote;
        this.path = found;
        this.local = BoundAddress.of(found.source());
    }

    /** Undoes {@link #connect}. A port that was not bound by number is released. */
    public void disconnect() {
        remote = null;
        path = null;
        local = bound;
        if (localPort != UNBOUND && portWasChosen) {
            udp.ports().remove(this);
            localPort = UNBOUND;
        }
    }

    /** Our address and port; any address while neither bound to one nor connected, port 0 while unbound. */
    public Endpoint local() {
        return new Endpoint(local.address(), localPort);
    }

    /** The endpoint that it is connected to, or null. */
    public @Nullable Endpoint remote() {
        return remote;
    }

    // ---- Sending

    /**
     * Takes memory for a datagram. The caller fills its {@code length} bytes, from head to tail, without the stack's
     * lock if they are many, and hands it to {@link #send(PacketBuffer, Endpoint)} or releases it.
     *
     * @throws SocketErrorException EMSGSIZE above {@link #MAX_PAYLOAD}, ENOBUFS at the stack's memory limit
     */
    public PacketBuffer newDatagram(final int length) throws SocketErrorException {
        if (length > MAX_PAYLOAD) {
            throw new SocketErrorException(SocketError.EMSGSIZE, "UDP datagram of " + length + " bytes");
        }
        return udp.newDatagram(length);
    }

    /**
     * Sends the remaining bytes of {@code payload} as one datagram.
     *
     * @param destination null for the connected one
     * @return false if the device is full; nothing was consumed then, and the observer is told when to try again
     * @throws SocketErrorException also a pending error of an earlier datagram
     */
    public boolean send(final ByteBuffer payload, final @Nullable Endpoint destination) throws SocketErrorException {
        final int length = payload.remaining();
        final PacketBuffer datagram = newDatagram(length);
        datagram.memory().bytes().put(datagram.head(), payload, payload.position(), length);
        final boolean sent = send(datagram, destination);
        if (sent) {
            payload.position(payload.limit());
        }
        return sent;
    }

    /**
     * Sends a datagram from {@link #newDatagram}, and takes it, also when that fails.
     *
     * @param destination null for the connected one
     * @return false if the device is full; the observer is told when to try again
     * @throws SocketErrorException EDESTADDRREQ, EPIPE after {@link #endOutput}, EACCES for a broadcast without
     *     permission, ENETUNREACH, EHOSTUNREACH, EMSGSIZE, or a pending error of an earlier datagram
     */
    public boolean send(final PacketBuffer datagram, final @Nullable Endpoint destination) throws SocketErrorException {
        return send(datagram, destination, null, OPTION, OPTION);
    }

    /**
     * The same, with settings for this datagram alone.
     *
     * @param source the address of ours to send from, any for that of the route, null for the endpoint's own
     * @param trafficClass DSCP and ECN bits, or {@link #OPTION}
     * @param timeToLive 1 to 255, or {@link #OPTION}
     * @throws SocketErrorException also, as on Linux, ENETUNREACH if {@code source} is not one of our addresses, and
     *     EINVAL if it can be nobody's
     */
    public boolean send(
            final PacketBuffer datagram,
            final @Nullable Endpoint destination,
            final @Nullable IpAddress source,
            final int trafficClass,
            final int timeToLive)
            throws SocketErrorException {
        final IpPath way;
        final int port;
        try {
            requireOpen();
            if (localPort == UNBOUND) {
                bind(new Endpoint(any, 0));
            }
            final Endpoint to = destination == null ? remote : destination;
            if (to == null) {
                throw new SocketErrorException(SocketError.EDESTADDRREQ, "UDP socket is not connected");
            }
            if (destination != null && to.port() == 0) {
                throw new SocketErrorException(SocketError.EINVAL, "port 0 of " + to.address());
            }
            final IpPath connected = path;
            way = connected != null && destination == null && source == null
                    ? connected
                    : findPath(source == null ? sendingAddress() : requireLocal(source), to.address());
            port = to.port();
            if (datagram.length() > way.maxPayload() - UdpHeader.LENGTH) {
                throw new SocketErrorException(SocketError.EMSGSIZE, "UDP datagram of " + datagram.length() + " bytes");
            }
            throwPendingError();
            if (outputEnded) {
                throw new SocketErrorException(SocketError.EPIPE, "UDP to " + to);
            }
        } catch (final SocketErrorException e) {
            datagram.release();
            throw e;
        }
        final SendStatus status = udp.send(
                datagram,
                way,
                this,
                port,
                trafficClass == OPTION ? options.trafficClass() : trafficClass,
                timeToLive == OPTION ? options.timeToLive() : timeToLive);
        return switch (status) {
            case SENT -> true;
            case DEVICE_FULL -> {
                udp.waitForRoom(this);
                yield false;
            }
            case TOO_BIG -> {
                errors.tooLong(way);
                throw new SocketErrorException(SocketError.EMSGSIZE, "UDP to " + way.destination());
            }
            case UNREACHABLE -> throw new SocketErrorException(SocketError.EHOSTUNREACH, "UDP to " + way.destination());
        };
    }

    /** {@code shutdown(2)}: refuses to send from now on. */
    public void endOutput() {
        outputEnded = true;
    }

    /** A socket that is bound to a broadcast address has no address of its own to send from. */
    private IpAddress sendingAddress() {
        return udp.ip().isBroadcast(bound.address()) ? IpAddress.ANY_IPV4 : bound.address();
    }

    private IpAddress requireLocal(final IpAddress source) throws SocketErrorException {
        if (source.isMulticast() || source.isLimitedBroadcast()) {
            throw new SocketErrorException(SocketError.EINVAL, "UDP from " + source);
        }
        if (!source.isAny() && !udp.ip().isLocal(source)) {
            throw new SocketErrorException(SocketError.ENETUNREACH, "UDP from " + source);
        }
        return source;
    }

    private IpPath findPath(final IpAddress from, final IpAddress to) throws SocketErrorException {
        if (udp.ip().isBroadcast(to) && !options.broadcastAllowed()) {
            throw new SocketErrorException(SocketError.EACCES, "broadcast to " + to);
        }
        final IpPath found = bound.reaches(to) ? udp.ip().path(from, to) : null;
        if (found == null) {
            throw new SocketErrorException(SocketError.ENETUNREACH, "UDP to " + to);
        }
        return found;
    }

    // ---- Receiving

    /**
     * The next datagram, which the caller releases, or null if there is none.
     *
     * @throws SocketErrorException a pending error, such as ECONNREFUSED after a port unreachable
     */
    public @Nullable Datagram receive() throws SocketErrorException {
        requireOpen();
        throwPendingError();
        return received.poll();
    }

    /** The next datagram, which stays in the queue, or null if there is none. */
    public @Nullable Datagram peek() {
        return received.peek();
    }

    /** True if {@link #receive} has a datagram or an error to return. */
    public boolean isReadable() {
        return !received.isEmpty() || errors.pending() != null;
    }

    /** True unless the device was full at the last send. */
    public boolean isWritable() {
        return !waitsForRoom || errors.pending() != null;
    }

    /** The errors that have yet to be told: the pending one ({@code SO_ERROR}) and the error queue. */
    public PendingErrors errors() {
        return errors;
    }

    /**
     * The address of ours to answer {@code datagram} from: its destination, or for a broadcast that of the route back.
     */
    public IpAddress answersFrom(final Datagram datagram) {
        if (udp.ip().isLocal(datagram.destination())) {
            return datagram.destination();
        }
        final IpPath back = udp.ip().path(IpAddress.ANY_IPV4, datagram.source().address());
        return back == null ? IpAddress.ANY_IPV4 : back.source();
    }

    private void throwPendingError() throws SocketErrorException {
        final SocketError error = errors.take();
        if (error != null) {
            throw new SocketErrorException(error, "UDP to " + remote);
        }
    }

    // ---- Options

    /** Sets the observer, which is told when there is a datagram to read or room to write. */
    public void observer(final UdpObserver observer) {
        this.observer = observer;
    }

    /** {@code IP_RECVERR}: every error is reported, with the details of the ICMP message. */
    public void reportErrors(final boolean on) {
        errors.reportAll(on);
    }

    public boolean reportsErrors() {
        return errors.reportsAll();
    }

    /** The options that say how datagrams are sent, and how a port is shared. */
    public UdpOptions options() {
        return options;
    }

    /** {@code IP_MTU} of a connected endpoint, in bytes. */
    public int pathMtu() {
        final IpPath connected = path;
        if (connected == null) {
            throw new IllegalStateException("not connected");
        }
        return connected.mtu();
    }

    /** {@code SO_RCVBUF}: memory that received datagrams may hold, in bytes. */
    public void receiveLimitBytes(final int bytes) {
        received.limitBytes(bytes);
    }

    public int receiveLimitBytes() {
        return received.limitBytes();
    }

    // ---- For the protocol

    UdpObserver observer() {
        return observer;
    }

    StackStatistics statistics() {
        return udp.statistics();
    }

    /** Memory of unread datagrams, in bytes. */
    int heldBytes() {
        return received.heldBytes();
    }

    int localPort() {
        return localPort;
    }

    BoundAddress boundAddress() {
        return bound;
    }

    boolean acceptsTo(final long high, final long low) {
        return local.accepts(high, low);
    }

    boolean acceptsFrom(final long high, final long low, final int port) {
        final Endpoint only = remote;
        return only == null
                || (only.port() == port
                        && only.address().low() == low
                        && only.address().high() == high);
    }

    /** The precision of a match with this endpoint: a remote address counts more than a local one. */
    int specificity() {
        return (remote == null ? 0 : 3) + local.precision();
    }

    /**
     * Takes a packet whose head is at the payload.
     *
     * @return the reason for a drop, or null
     */
    @Nullable
    DropReason deliver(
            final PacketBuffer packet, final ReceivedPacket info, final int sourcePort, final long nowNanos) {
        final DropReason reason = received.add(packet, info, sourcePort, nowNanos);
        if (reason == null) {
            observer.readable();
        }
        return reason;
    }

    /** Receives an ICMP error about a datagram that this endpoint sent. */
    void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        observer.icmpError(error);
        if (error == IcmpError.FRAGMENTATION_NEEDED && options.pathMtuPolicy().believesMessages()) {
            final IpPath way = udp.ip().path(IpAddress.ANY_IPV4, info.destination());
            if (way != null) {
                way.reduceMtu(mtu);
            }
        }
        final boolean passes = error == IcmpError.FRAGMENTATION_NEEDED && options.pathMtuPolicy() == PathMtuPolicy.DONT;
        if (errors.icmpError(error, passes, quoted, info, nowNanos)) {
            observer.readable();
            observer.writable();
        }
    }

    void roomAgain() {
        waitsForRoom = false;
        observer.writable();
    }

    private void requireOpen() throws SocketErrorException {
        if (closed) {
            throw new SocketErrorException(SocketError.EBADF, "UDP socket");
        }
    }

    /** Releases the port and drops unread datagrams. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (localPort != UNBOUND) {
            udp.ports().remove(this);
        }
        udp.forget(this);
        received.clear();
    }
}
