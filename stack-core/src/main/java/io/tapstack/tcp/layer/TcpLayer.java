package io.tapstack.tcp.layer;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.BoundAddress;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.InternetLayer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.link.QueueShare;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.connection.Connection;
import io.tapstack.tcp.connection.ConnectionHost;
import io.tapstack.tcp.connection.Orphans;
import io.tapstack.tcp.connection.PassiveConnections;
import io.tapstack.tcp.demux.ChallengeAckLimit;
import io.tapstack.tcp.demux.ConnectionTable;
import io.tapstack.tcp.demux.DemuxEntry;
import io.tapstack.tcp.demux.InitialSequenceNumber;
import io.tapstack.tcp.demux.ListenerTable;
import io.tapstack.tcp.demux.LocalPorts;
import io.tapstack.tcp.demux.PortBinding;
import io.tapstack.tcp.fastopen.FastOpenCache;
import io.tapstack.tcp.fastopen.FastOpenPause;
import io.tapstack.tcp.fastopen.FastOpenUse;
import io.tapstack.tcp.passive.HalfOpenArrives;
import io.tapstack.tcp.passive.Listener;
import io.tapstack.tcp.passive.ListenerHost;
import io.tapstack.tcp.passive.SynCookies;
import io.tapstack.tcp.segment.BareSegmentSender;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynSender;
import io.tapstack.tcp.timewait.SequenceNumberSelection;
import io.tapstack.tcp.timewait.TimeWaitRecord;
import io.tapstack.tcp.timewait.TimeWaitTable;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one stack: finds the connection or the listener for a segment, answers segments without one, and allocates
 * local ports. All methods are called under the stack's lock.
 */
public final class TcpLayer implements TcpProtocol, TransportProtocol {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final BoundAddress ANY = BoundAddress.of(IpAddress.ANY_IPV6);

    private final InternetLayer internet;
    private final TcpLimits limits;
    private final ConnectionTable connections;
    private final ListenerTable<Listener> listeners;
    private final LocalPorts ports;
    private final SequenceNumberSelection sequenceNumbers;
    private final HalfOpenArrives halfOpenArrives;
    private final TimeWaitTable timeWaits;
    private final ConnectionHost host;
    private final ListenerHost listenerHost;
    private final Demultiplexer demultiplexer;

    /**
     * @param random source of the keys for sequence numbers, ports and the hash table; unpredictable, except in tests
     * @param limits limits of the state kept for peers
     * @param share the connections that belong to this stack, if other stacks have the same address; null for all
     */
    public TcpLayer(
            final InternetLayer internet,
            final BufferPool pool,
            final TimerWheel timers,
            final StackStatistics statistics,
            final RandomGenerator random,
            final TcpLimits limits,
            final @Nullable QueueShare share) {
        this.limits = limits;
        this.internet = internet;
        final SipHash hash = SipHash.random(random);
        this.connections = new ConnectionTable(random.nextLong());
        this.ports = new LocalPorts(internet, connections, hash, share);
        this.listeners = new ListenerTable<>(hash);
        final InitialSequenceNumber clock = new InitialSequenceNumber(hash);
        final BareSegmentSender bare = new BareSegmentSender(pool, statistics);
        final ResetSender resets = new ResetSender(bare, statistics);
        final ChallengeAckLimit challengeAcks = new ChallengeAckLimit(random, limits.challengeAcksPerSecond());
        final SynSender synSender = new SynSender(pool, bare);
        this.halfOpenArrives = new HalfOpenArrives(statistics, bare, resets, challengeAcks, synSender);
        final SynCookies cookies = new SynCookies(random);
        this.timeWaits = new TimeWaitTable(connections, timers, statistics, bare, challengeAcks, limits.timeWaits());
        this.sequenceNumbers = new SequenceNumberSelection(clock, timeWaits);
        this.host = new ConnectionHost(
                pool,
                timers,
                statistics,
                connections,
                clock,
                resets,
                challengeAcks,
                new Orphans(limits.orphans()),
                timeWaits,
                synSender,
                new FastOpenCache(),
                new FastOpenPause());
        final Segment recalled = new Segment();
        this.listenerHost = new ListenerHost(
                pool,
                timers,
                statistics,
                connections,
                listeners,
                sequenceNumbers,
                resets,
                halfOpenArrives,
                cookies,
                recalled,
                random,
                new PassiveConnections(host, recalled));
        this.demultiplexer =
                new Demultiplexer(internet, connections, listeners, halfOpenArrives, timeWaits, resets, statistics);
    }

    @Override
    public void fixInitialSequenceNumber(final OptionalInt iss) {
        sequenceNumbers.fix(iss);
    }

    // ---- User calls

    @Override
    public TcpBinding bind(final Endpoint local, final boolean reuseAddress) throws SocketErrorException {
        return bind(local, reuseAddress ? PortSharing.ADDRESS : PortSharing.NONE);
    }

    @Override
    public TcpBinding bind(final Endpoint local, final PortSharing sharing) throws SocketErrorException {
        return bind(local, false, sharing);
    }

    @Override
    public TcpBinding bind(final Endpoint local, final boolean ipv6Only, final PortSharing sharing)
            throws SocketErrorException {
        return ports.bind(local, ipv6Only, sharing);
    }

    @Override
    public void requireLocal(final IpAddress address) throws SocketErrorException {
        ports.requireLocal(address);
    }

    @Override
    public TcpListener listen(final TcpBinding binding, final int backlog, final TcpConfig config)
            throws SocketErrorException {
        final PortBinding port = (PortBinding) binding;
        if (!ports.mayListen(port)) {
            throw new SocketErrorException(
                    SocketError.EADDRINUSE, binding.local().toString());
        }
        final Listener listener = new Listener(listenerHost, port, backlog, config.copy(), limits);
        port.listening(true);
        listeners.add(listener);
        return listener;
    }

    @Override
    public boolean maySendWithSyn(final IpAddress server, final TcpConfig config, final long nowNanos) {
        return FastOpenUse.mayCarryData(host.fastOpenCache, host.fastOpenPause, config, server, nowNanos);
    }

    @Override
    public TcpConnection connect(
            final @Nullable TcpBinding binding,
            final Endpoint remote,
            final TcpConfig config,
            final ConnectionObserver observer,
            final long nowNanos)
            throws SocketErrorException {
        return connect(binding, remote, config, observer, NOTHING, nowNanos);
    }

    @Override
    public TcpConnection connect(
            final @Nullable TcpBinding binding,
            final Endpoint remote,
            final TcpConfig config,
            final ConnectionObserver observer,
            final ByteBuffer data,
            final long nowNanos)
            throws SocketErrorException {
        final IpAddress to = remote.address();
        if (to.isAny()) {
            throw new SocketErrorException(SocketError.EINVAL, remote.toString());
        }
        if (to.isMulticast() || internet.isBroadcast(to)) {
            // RFC 9293 3.9.1.1 (MUST-46): no connection to a broadcast or multicast address.
            throw new SocketErrorException(SocketError.ENETUNREACH, remote.toString());
        }
        final BoundAddress from = binding == null ? ANY : ((PortBinding) binding).address();
        final IpPath path = from.reaches(to) ? internet.path(from.address(), to) : null;
        if (path == null) {
            throw new SocketErrorException(SocketError.ENETUNREACH, remote.toString());
        }
        final int port = binding == null
                ? ports.ephemeral(path.source(), remote)
                : binding.local().port();
        final Endpoint local = new Endpoint(path.source(), port);
        if (!ports.isOurs(local, remote)) {
            throw new SocketErrorException(SocketError.EADDRNOTAVAIL, local + " to " + remote + " on this queue");
        }
        if (!makeWay(local, remote)) {
            throw new SocketErrorException(SocketError.EADDRNOTAVAIL, local + " to " + remote); // as on Linux
        }
        final int iss = sequenceNumbers.next(path, local.port(), remote.port(), nowNanos);
        final Connection connection = new Connection(host, path, port, remote.port(), iss, config.copy());
        connection.observer(observer);
        connection.sharing(binding == null ? PortSharing.NONE : ((PortBinding) binding).sharing());
        connections.add(connection);
        connection.open(data, nowNanos);
        return connection;
    }

    @Override
    public List<TcpConnection> connections() {
        final List<TcpConnection> all = new ArrayList<>();
        connections.forEach(entry -> {
            if (entry instanceof Connection connection) {
                all.add(connection);
            }
        });
        return all;
    }

    @Override
    public int timeWaitCount() {
        return timeWaits.size();
    }

    @Override
    public int orphanCount() {
        return host.orphans.count();
    }

    @Override
    public Collection<TcpListener> listeners() {
        return List.copyOf(listeners.all());
    }

    /** Shuts the stack down: resets all connections and closes all listeners. */
    public void shutdown(final long nowNanos) {
        for (final TcpListener listener : listeners()) {
            listener.close(nowNanos);
        }
        for (final TcpConnection connection : connections()) {
            ((Connection) connection).abort(SocketError.ENETDOWN, nowNanos);
        }
        halfOpenArrives.owed().clear();
        timeWaits.clear();
        // No further poll follows in which splices would detect it.
        host.endPoll(nowNanos);
    }

    /**
     * Resumes connections that wait for room in the device or for the end of a burst of segments, and splices with data
     * to forward. It is called twice per poll: before frames are read, for earlier waits and for timers, and after
     * that, for the frames.
     */
    public void resume(final long nowNanos) {
        host.resume(nowNanos);
        halfOpenArrives.owed().resume(nowNanos);
        timeWaits.resume(nowNanos);
        host.endPoll(nowNanos);
    }

    /**
     * True if another {@link #resume} is needed: a splice has data to forward, or an ACK waits for the application's
     * answer.
     */
    public boolean isResumeWanted() {
        return host.isResumeWanted();
    }

    /** True if a connection waits for room in the device. */
    public boolean isBlocked() {
        return host.isBlocked() || halfOpenArrives.owed().isWaiting() || timeWaits.isBlocked();
    }

    // ---- Calls of the Internet layer

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        demultiplexer.receive(packet, info, nowNanos);
    }

    @Override
    public void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        demultiplexer.icmpError(error, mtu, quoted, info, nowNanos);
    }

    /** True if the 4-tuple is free. A connection in TIME-WAIT makes way, as its successor's ISN lies ahead. */
    private boolean makeWay(final Endpoint local, final Endpoint remote) {
        final DemuxEntry present = connections.find(local, remote);
        if (present instanceof TimeWaitRecord record && record.timestamps != null) {
            timeWaits.giveWay(record);
            return true;
        }
        return present == null;
    }
}
