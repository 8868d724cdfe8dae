package io.tapstack.tcp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A passive open: the LISTEN state, the SYN queue of half-open connections and the accept queue of complete ones. The
 * backlog limits the accept queue, as on Linux (listen(2)): it holds one more than was asked for, so that a backlog of
 * 0 is of use. When it is full, new SYNs and the ACKs that would complete a handshake are dropped, so that peers try
 * again. The SYN queue has a limit of its own; beyond that a SYN is answered with a {@linkplain SynCookies cookie}.
 */
public final class TcpListener {

    private final TcpProtocol protocol;
    private final StackStatistics statistics;
    private final TcpBinding binding;
    private final TcpConfig config;
    private final int largestBacklog;
    private final SynQueue synQueue;
    private final ArrayDeque<TcpConnection> acceptQueue = new ArrayDeque<>();
    private int backlog;
    // Made when the first client asks for a cookie.
    private @Nullable FastOpenServer fastOpenServer;
    private boolean closed;
    private Runnable acceptable = () -> {};

    TcpListener(
            final TcpProtocol protocol,
            final TcpBinding binding,
            final int backlog,
            final TcpConfig config,
            final TcpLimits limits) {
        this.protocol = protocol;
        this.statistics = protocol.statistics();
        this.binding = binding;
        this.config = config;
        this.largestBacklog = limits.backlog();
        this.synQueue = new SynQueue(protocol, protocol.timers(), limits.halfOpen());
        backlog(backlog);
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

    /** Half-open connections now. */
    public int halfOpen() {
        return synQueue.size();
    }

    /** How many may wait to be accepted, but for the one more. */
    public int backlog() {
        return backlog;
    }

    /** Changes the limit of the accept queue; less than 0 stands for the largest there is, as on Linux. */
    public void backlog(final int connections) {
        backlog = connections < 0 ? largestBacklog : Math.min(connections, largestBacklog);
    }

    /** Who is told, under the lock, that a connection can be accepted. */
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
        synQueue.clear(nowNanos);
    }

    TcpBinding binding() {
        return binding;
    }

    private boolean hasRoom() {
        return acceptQueue.size() <= backlog;
    }

    /** SEGMENT ARRIVES in the LISTEN state (RFC 9293 3.10.7.2). {@code path} leads back to the sender. */
    void segmentArrives(final Segment segment, final IpPath path, final long nowNanos) {
        // First: a RST is ignored.
        if (segment.has(TcpHeader.RST)) {
            statistics.drop(DropReason.TCP_RST_IGNORED);
            return;
        }
        // Second: an ACK cannot be for anything that we sent, but for a cookie.
        if (segment.has(TcpHeader.ACK)) {
            if (!cookieReturns(segment, path, nowNanos)) {
                protocol.resets().answer(segment, path, nowNanos);
                statistics.drop(DropReason.TCP_NO_SOCKET);
            }
            return;
        }
        // Third: a SYN; fourth: anything else is dropped.
        if (!segment.has(TcpHeader.SYN)) {
            statistics.drop(DropReason.TCP_FLAGS);
            return;
        }
        if (!hasRoom()) {
            statistics.drop(DropReason.TCP_LISTEN_OVERFLOW);
        } else if (config.synCookies() == SynCookieMode.ALWAYS) {
            sendCookie(segment, path, nowNanos);
        } else if (!synQueue.isFull()) {
            synArrives(segment, path, nowNanos);
        } else if (config.synCookies() == SynCookieMode.AUTO) {
            sendCookie(segment, path, nowNanos);
        } else {
            statistics.drop(DropReason.TCP_SYN_QUEUE_FULL);
        }
    }

    private void synArrives(final Segment syn, final IpPath path, final long nowNanos) {
        final Timestamps timestamps = agreeOnTimestamps(syn, path, nowNanos);
        final int iss = protocol.chooseIss(path, syn.destinationPort, syn.sourcePort, nowNanos);
        // Data that came with the SYN is not kept, but for Fast Open: the peer sends it again after the handshake.
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        half.savedSyn = SavedSyn.of(syn, config.saveSyn());
        final FastOpenServer server = fastOpenServer();
        if (server != null && server.opens(half, syn, nowNanos)) {
            openFast(server, half, syn, nowNanos);
        } else {
            synQueue.add(half, nowNanos);
        }
    }

    /** Null as long as the listener has nothing to do with Fast Open. */
    private @Nullable FastOpenServer fastOpenServer() {
        FastOpenServer server = fastOpenServer;
        if (server == null && FastOpenServer.limit(config, backlog) > 0) {
            server = new FastOpenServer(this, protocol.newFastOpenKeys());
            fastOpenServer = server;
        }
        return server;
    }

    /** RFC 7413 4.2.2: the SYN's data is received before the handshake is complete. */
    private void openFast(final FastOpenServer server, final HalfOpen half, final Segment syn, final long nowNanos) {
        final TcpConnection connection = connection(half);
        final Segment recalled = protocol.recalled();
        half.recallSyn(recalled);
        statistics.fastOpens++;
        connection.handshake.openFast(half, recalled, syn, server, nowNanos);
    }

    private TcpConnection connection(final HalfOpen half) {
        final TcpConnection connection =
                new TcpConnection(protocol, half.path, half.local(), half.remote(), half.iss, half.agreedConfig());
        connection.sharing = binding.sharing();
        connection.savedSyn = half.savedSyn;
        protocol.add(connection);
        return connection;
    }

    private @Nullable Timestamps agreeOnTimestamps(final Segment syn, final IpPath path, final long nowNanos) {
        if (!config.timestamps() || !syn.options.hasTimestamps()) {
            return null;
        }
        final InitialSequenceNumber numbers = protocol.initialSequenceNumber();
        final int offset = numbers.timestampOffset(path, syn.destinationPort, syn.sourcePort);
        final Timestamps timestamps = new Timestamps(offset);
        timestamps.agree(syn.options.timestampValue(), nowNanos);
        return timestamps;
    }

    /** Under memory pressure the window of a SYN-ACK is one segment. */
    private int firstWindow(final IpPath path) {
        final int window = ReceiveWindow.first(config);
        return protocol.pool().underPressure() ? Math.min(window, SegmentSize.offered(path, config)) : window;
    }

    // ---- SYN cookies (RFC 4987 3.6)

    private void sendCookie(final Segment syn, final IpPath path, final long nowNanos) {
        final Timestamps timestamps = agreeOnTimestamps(syn, path, nowNanos);
        final int mss =
                syn.options.maximumSegmentSize() == 0 ? SegmentSize.DEFAULT_MSS : syn.options.maximumSegmentSize();
        if (timestamps == null) {
            // Nothing brings the other options back.
            syn.options.recall(mss, -1, false, false, 0);
        }
        final int iss = protocol.cookies().issue(path, syn.destinationPort, syn.sourcePort, syn.seq, mss, nowNanos);
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        if (timestamps == null && half.ecn == EcnFeedback.CLASSIC) {
            half.ecn = EcnFeedback.NONE; // Accurate ECN's comes back in the ACE field.
        }
        final int clock = timestamps == null
                ? 0
                : SynCookies.mark(
                        timestamps.value(nowNanos), half.peerShift, half.sack, half.ecn == EcnFeedback.CLASSIC);
        statistics.synCookiesSent++;
        protocol.halfOpenArrives().sendCookie(half, clock);
    }

    /** An ACK for something that this listener has forgotten. @return false if it is not that */
    private boolean cookieReturns(final Segment segment, final IpPath path, final long nowNanos) {
        final SynCookies cookies = protocol.cookies();
        if (segment.has(TcpHeader.SYN) || config.synCookies() == SynCookieMode.NEVER || !cookies.isExpected(nowNanos)) {
            return false;
        }
        final int irs = segment.seq - 1;
        final int iss = segment.ack - 1;
        final int mss = cookies.check(path, segment.destinationPort, segment.sourcePort, irs, iss, nowNanos);
        if (mss == 0) {
            statistics.synCookiesFailed++;
            return false;
        }
        statistics.synCookiesReceived++;
        final boolean marked = config.timestamps() && segment.options.hasTimestamps();
        final int mark = segment.options.timestampEcho();
        final Segment syn = protocol.recalled();
        final EcnFeedback ecn = SynCookies.feedback(segment, config.ecn().accepted(), marked && SynCookies.ecn(mark));
        syn.recall(irs, TcpHeader.SYN | ecn.synFlags(), 0, segment.destinationPort, segment.sourcePort);
        syn.options.recall(
                mss,
                marked ? SynCookies.shift(mark) : -1,
                marked && SynCookies.sack(mark),
                marked,
                segment.options.timestampValue());
        final Timestamps timestamps = agreeOnTimestamps(syn, path, nowNanos);
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        half.repeated = true; // nobody knows when the SYN-ACK was sent
        handshakeAcknowledged(half, segment, nowNanos);
        return true;
    }

    // ---- The end of a handshake

    /** {@code segment} acknowledges the SYN-ACK: it makes a connection, and is looked at further there. */
    void handshakeAcknowledged(final HalfOpen half, final Segment segment, final long nowNanos) {
        if (DeferAccept.holdsBack(half, segment)) {
            half.acknowledged = true;
            half.repeated = true;
            statistics.drop(DropReason.TCP_DEFERRED);
            return;
        }
        if (!hasRoom()) {
            // The peer will think it is connected and send again; our SYN-ACK is repeated until there is room.
            statistics.drop(DropReason.TCP_LISTEN_OVERFLOW);
            if (config.abortOnOverflow()) {
                synQueue.drop(half);
                protocol.halfOpenArrives().reset(half, nowNanos);
            }
            return;
        }
        synQueue.complete(half);
        final TcpConnection connection = connection(half);
        final Segment syn = protocol.recalled();
        half.recallSyn(syn);
        connection.handshake.takeOver(half, syn, nowNanos);
        connection.ecn.takeOver(half);
        connection.arrives.process(segment, nowNanos);
    }

    /** A handshake failed. */
    void handshakeFailed(final HalfOpen half) {
        synQueue.drop(half);
    }

    /** A handshake is complete. */
    void established(final TcpConnection connection, final long nowNanos) {
        if (closed) {
            connection.abort(nowNanos); // Nobody will accept it.
            return;
        }
        acceptQueue.add(connection);
        acceptable.run();
    }
}
