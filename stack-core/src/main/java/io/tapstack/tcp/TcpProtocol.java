package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.InternetLayer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.link.QueueShare;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.SentSegmentPool;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one stack: finds the connection or the listener for a segment, answers what belongs to neither, and hands out
 * local ports. All calls are made under the stack's lock.
 */
public final class TcpProtocol implements TransportProtocol {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final InternetLayer internet;
    private final BufferPool pool;
    private final TimerWheel timers;
    private final StackStatistics statistics;
    private final TcpLimits limits;

    private final ConnectionTable connections;
    final ListenerTable listeners;
    private final LocalPorts ports;
    private final SipHash hash;
    private final InitialSequenceNumber initialSequenceNumber;
    private final ResetSender resets;
    private OptionalInt fixedIss = OptionalInt.empty();
    private final SentSegmentPool sentSegments = new SentSegmentPool();
    private final TcpHeader header = new TcpHeader();
    private final AckArrival arrival = new AckArrival();
    private final AckSample sample = new AckSample();
    private final Demultiplexer demultiplexer;
    private final Orphans orphans;
    private final ChallengeAckLimit challengeAcks;
    private final TimeWaitTable timeWaits;
    private final SynSender synSender;
    private final HalfOpenArrives halfOpenArrives;
    private final SynCookies cookies;
    private final FastOpenCache fastOpenCache = new FastOpenCache();
    private final FastOpenPause fastOpenPause = new FastOpenPause();
    private final RandomGenerator random;
    // A segment of the past.
    private final Segment recalled = new Segment();
    private final ArrayDeque<TcpConnection> blocked = new ArrayDeque<>();
    private final ArrayDeque<TcpConnection> inBurst = new ArrayDeque<>();
    private final ArrayDeque<TcpSplice> splices = new ArrayDeque<>();

    /**
     * @param random where the keys for sequence numbers, ports and the hash table come from; unpredictable, but for
     *     tests
     * @param limits what is kept for peers
     * @param share which connections belong here, if others with the same address belong to other stacks; null for all
     */
    public TcpProtocol(
            final InternetLayer internet,
            final BufferPool pool,
            final TimerWheel timers,
            final StackStatistics statistics,
            final RandomGenerator random,
            final TcpLimits limits,
            final @Nullable QueueShare share) {
        this.limits = limits;
        this.internet = internet;
        this.pool = pool;
        this.timers = timers;
        this.statistics = statistics;
        this.hash = SipHash.random(random);
        this.connections = new ConnectionTable(random.nextLong());
        this.ports = new LocalPorts(internet, connections, hash, share);
        this.listeners = new ListenerTable(hash);
        this.initialSequenceNumber = new InitialSequenceNumber(hash);
        final BareSegmentSender bare = new BareSegmentSender(pool, statistics);
        this.resets = new ResetSender(bare, statistics);
        this.orphans = new Orphans(limits.orphans());
        this.challengeAcks = new ChallengeAckLimit(random, limits.challengeAcksPerSecond());
        final SynOptions synOptions = new SynOptions();
        this.synSender = new SynSender(bare, synOptions);
        this.halfOpenArrives = new HalfOpenArrives(pool, statistics, bare, resets, synOptions, challengeAcks);
        this.random = random;
        this.cookies = new SynCookies(random);
        this.demultiplexer = new Demultiplexer(this, internet, connections);
        this.timeWaits = new TimeWaitTable(connections, timers, statistics, bare, challengeAcks, limits.timeWaits());
    }

    /**
     * For tests of the wire: every connection from now on starts with this sequence number. Empty for numbers that
     * nobody can guess (RFC 6528), which is the default.
     */
    public void fixInitialSequenceNumber(final OptionalInt iss) {
        fixedIss = iss;
    }

    // ---- User calls

    /** As {@link #bind(Endpoint, PortSharing)}, with SO_REUSEADDR or with nothing. */
    public TcpBinding bind(final Endpoint local, final boolean reuseAddress) throws SocketErrorException {
        return bind(local, reuseAddress ? PortSharing.ADDRESS : PortSharing.NONE);
    }

    /**
     * Reserves a local port. Connections that have it, TIME-WAIT included, stand in the way as other bindings do.
     *
     * @param local port 0 for an ephemeral one; the address is one of ours or "any"
     * @throws SocketErrorException EADDRNOTAVAIL, EADDRINUSE
     */
    public TcpBinding bind(final Endpoint local, final PortSharing sharing) throws SocketErrorException {
        return ports.bind(local, sharing);
    }

    /** @throws SocketErrorException EADDRNOTAVAIL unless the address is one of ours or "any" */
    public void requireLocal(final IpAddress address) throws SocketErrorException {
        ports.requireLocal(address);
    }

    /**
     * Passive OPEN.
     *
     * @param config what accepted connections start with
     * @throws SocketErrorException EADDRINUSE if somebody listens there already, or does not share the port any more
     */
    public TcpListener listen(final TcpBinding binding, final int backlog, final TcpConfig config)
            throws SocketErrorException {
        if (!ports.mayListen(binding)) {
            throw new SocketErrorException(
                    SocketError.EADDRINUSE, binding.local().toString());
        }
        final TcpListener listener = new TcpListener(this, binding, backlog, config.copy(), limits);
        binding.listening(true);
        listeners.add(listener);
        return listener;
    }

    /**
     * True if a connection to this server could send data in its SYN now (RFC 7413): it has a cookie, or does without.
     */
    public boolean maySendWithSyn(final IpAddress server, final TcpConfig config, final long nowNanos) {
        return FastOpenSyn.mayCarryData(this, config, server, nowNanos);
    }

    /** As {@link #connect(TcpBinding, Endpoint, TcpConfig, ConnectionObserver, ByteBuffer, long)}, without data. */
    public TcpConnection connect(
            final @Nullable TcpBinding binding,
            final Endpoint remote,
            final TcpConfig config,
            final ConnectionObserver observer,
            final long nowNanos)
            throws SocketErrorException {
        return connect(binding, remote, config, observer, NOTHING, nowNanos);
    }

    /**
     * Active OPEN: sends the SYN.
     *
     * @param binding where from, or null for an address that the route chooses and an ephemeral port
     * @param data what the SYN takes along, as far as Fast Open lets it; its position moves on by so much
     * @throws SocketErrorException ENETUNREACH, EADDRNOTAVAIL (also if the 4-tuple is taken, or belongs to another
     *     stack), EINVAL
     */
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
        final IpAddress from =
                binding == null ? IpAddress.ANY_IPV4 : binding.local().address();
        final IpPath path = internet.path(from, to);
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
        final int iss = chooseIss(path, local.port(), remote.port(), nowNanos);
        final TcpConnection connection = new TcpConnection(this, path, local, remote, iss, config.copy());
        connection.observer(observer);
        connection.sharing = binding == null ? PortSharing.NONE : binding.sharing();
        connections.add(connection);
        connection.handshake.open(data, nowNanos);
        return connection;
    }

    /** All connections but those in TIME-WAIT; a snapshot. */
    public List<TcpConnection> connections() {
        return connections.all();
    }

    /** How many connections are in TIME-WAIT. */
    public int timeWaitCount() {
        return timeWaits.size();
    }

    /** How many connections go on without an application. */
    public int orphanCount() {
        return orphans.count();
    }

    /** All listeners. */
    public Collection<TcpListener> listeners() {
        return listeners.all();
    }

    /** Resets all connections and closes all listeners: the stack goes down. */
    public void shutdown(final long nowNanos) {
        for (final TcpListener listener : listeners()) {
            listener.close(nowNanos);
        }
        for (final TcpConnection connection : connections.all()) {
            connection.life.abortFor(SocketError.ENETDOWN, nowNanos);
        }
        halfOpenArrives.owed().clear();
        timeWaits.clear();
        // There is no further poll in which splices would find that out.
        moveSplices(nowNanos);
    }

    /**
     * Lets connections go on that the device had no room for, or that waited for the end of a burst of segments, and
     * splices that have something to move. Called twice a poll: before frames are read, for what has waited since the
     * last poll and what timers have left, and after that, for what the frames have brought.
     */
    public void resume(final long nowNanos) {
        for (int count = inBurst.size(); count > 0; count--) {
            inBurst.remove().burstEnded(nowNanos);
        }
        for (int count = blocked.size(); count > 0; count--) {
            blocked.remove().unblock(nowNanos);
        }
        halfOpenArrives.owed().resume(nowNanos);
        timeWaits.resume(nowNanos);
        moveSplices(nowNanos);
    }

    private void moveSplices(final long nowNanos) {
        for (int count = splices.size(); count > 0; count--) {
            splices.remove().move(nowNanos);
        }
    }

    /**
     * True if a splice has something to move, or an ACK waits for whether an application answers: another
     * {@link #resume} is wanted.
     */
    public boolean isResumeWanted() {
        return !splices.isEmpty() || !inBurst.isEmpty();
    }

    void spliceWanted(final TcpSplice splice) {
        splices.add(splice);
    }

    /** True if a connection waits for the device to have room. */
    public boolean isBlocked() {
        return !blocked.isEmpty() || halfOpenArrives.owed().isWaiting() || timeWaits.isBlocked();
    }

    // ---- What the Internet layer calls

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

    // ---- What connections and listeners ask for

    BufferPool pool() {
        return pool;
    }

    TimerWheel timers() {
        return timers;
    }

    SentSegmentPool sentSegments() {
        return sentSegments;
    }

    /** To write headers with, one after the other. */
    TcpHeader header() {
        return header;
    }

    AckArrival arrival() {
        return arrival;
    }

    AckSample sample() {
        return sample;
    }

    StackStatistics statistics() {
        return statistics;
    }

    InitialSequenceNumber initialSequenceNumber() {
        return initialSequenceNumber;
    }

    Orphans orphans() {
        return orphans;
    }

    ChallengeAckLimit challengeAcks() {
        return challengeAcks;
    }

    SynSender synSender() {
        return synSender;
    }

    HalfOpenArrives halfOpenArrives() {
        return halfOpenArrives;
    }

    FastOpenCache fastOpenCache() {
        return fastOpenCache;
    }

    FastOpenPause fastOpenPause() {
        return fastOpenPause;
    }

    /** Keys that nobody knows. */
    FastOpenKeys newFastOpenKeys() {
        final byte[] key = new byte[FastOpenKeys.KEY_BYTES];
        random.nextBytes(key);
        return FastOpenKeys.of(key);
    }

    SynCookies cookies() {
        return cookies;
    }

    /** An object to recall a segment in; the next caller takes it again. */
    Segment recalled() {
        return recalled;
    }

    TimeWaitTable timeWaits() {
        return timeWaits;
    }

    /** ISS for a connection that starts now. */
    int chooseIss(final IpPath path, final int localPort, final int remotePort, final long nowNanos) {
        final int clocked = fixedIss.isPresent()
                ? fixedIss.getAsInt()
                : initialSequenceNumber.next(path, localPort, remotePort, nowNanos);
        return timeWaits.ahead(path, localPort, remotePort, clocked);
    }

    ResetSender resets() {
        return resets;
    }

    void add(final DemuxEntry owner) {
        connections.add(owner);
    }

    void remove(final DemuxEntry owner) {
        connections.remove(owner);
    }

    void remove(final TcpListener listener) {
        listener.binding().listening(false);
        listeners.remove(listener);
    }

    void resumeLater(final TcpConnection connection) {
        blocked.add(connection);
    }

    /** {@link TcpConnection#burstEnded} of {@code connection} is to be called. */
    void tellEndOfBurst(final TcpConnection connection) {
        inBurst.add(connection);
    }

    /** True if the 4-tuple is free. A connection in TIME-WAIT gives way: its successor's ISN lies ahead. */
    private boolean makeWay(final Endpoint local, final Endpoint remote) {
        final DemuxEntry present = connections.find(local, remote);
        if (present instanceof TimeWaitRecord record && record.timestamps != null) {
            timeWaits.giveWay(record);
            return true;
        }
        return present == null;
    }
}
