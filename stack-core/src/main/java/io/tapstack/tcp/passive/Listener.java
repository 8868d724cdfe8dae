package io.tapstack.tcp.passive;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.demux.PortBinding;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.segment.SavedSyn;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A passive open: the LISTEN state, the SYN queue of half-open connections and the accept queue of complete ones. The
 * backlog limits the accept queue, as on Linux (listen(2)), plus one, so that a backlog of 0 is useful. When the queue
 * is full, SYNs and the last ACKs of handshakes are dropped, so that peers retry; the SYN queue has its own limit,
 * beyond which a SYN gets a {@linkplain SynCookies cookie}.
 */
public final class Listener implements TcpListener, ListenState {

    private final ListenerHost host;
    private final StackStatistics statistics;
    private final PortBinding binding;
    private final TcpConfig config;
    private final int largestBacklog;
    private final SynQueue synQueue;
    private final ArrayDeque<UnacceptedConnection> acceptQueue = new ArrayDeque<>();
    private int backlog;
    // Made when the first client asks for a cookie.
    private @Nullable FastOpenServer fastOpenServer;
    private boolean closed;
    private Runnable acceptable = () -> {};

    public Listener(
            final ListenerHost host,
            final PortBinding binding,
            final int backlog,
            final TcpConfig config,
            final TcpLimits limits) {
        this.host = host;
        this.statistics = host.statistics();
        this.binding = binding;
        this.config = config;
        this.largestBacklog = limits.backlog();
        this.synQueue = new SynQueue(host, limits.halfOpen());
        backlog(backlog);
    }

    @Override
    public Endpoint local() {
        return binding.local();
    }

    @Override
    public boolean ipv6Only() {
        return binding.ipv6Only();
    }

    @Override
    public TcpConfig config() {
        return config;
    }

    @Override
    public @Nullable TcpConnection accept() {
        final UnacceptedConnection connection = acceptQueue.poll();
        if (connection != null) {
            connection.accepted();
        }
        return connection;
    }

    @Override
    public int pending() {
        return acceptQueue.size();
    }

    @Override
    public int halfOpen() {
        return synQueue.size();
    }

    @Override
    public int backlog() {
        return backlog;
    }

    @Override
    public void backlog(final int connections) {
        backlog = connections < 0 ? largestBacklog : Math.min(connections, largestBacklog);
    }

    @Override
    public void observer(final Runnable newAcceptable) {
        acceptable = newAcceptable;
    }

    @Override
    public void close(final long nowNanos) {
        if (closed) {
            return;
        }
        closed = true;
        binding.listening(false);
        host.listeners().remove(this);
        for (TcpConnection connection = accept(); connection != null; connection = accept()) {
            connection.abort(nowNanos);
        }
        synQueue.clear(nowNanos);
    }

    private boolean hasRoom() {
        return acceptQueue.size() <= backlog;
    }

    /** SEGMENT ARRIVES in the LISTEN state (RFC 9293 3.10.7.2). {@code path} leads back to the sender. */
    public void segmentArrives(final Segment segment, final IpPath path, final long nowNanos) {
        // First: a RST is ignored.
        if (segment.has(TcpHeader.RST)) {
            statistics.drop(DropReason.TCP_RST_IGNORED);
            return;
        }
        // Second: an ACK is not acceptable, unless it acknowledges a SYN cookie.
        if (segment.has(TcpHeader.ACK)) {
            if (!cookieReturns(segment, path, nowNanos)) {
                host.resets().answer(segment, path, nowNanos);
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
        final int iss = host.sequenceNumbers().next(path, syn.destinationPort, syn.sourcePort, nowNanos);
        // Data of the SYN is dropped, except with Fast Open: the peer retransmits it after the handshake.
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        half.savedSyn = SavedSyn.of(syn, config.saveSyn());
        final FastOpenServer server = fastOpenServer();
        if (server != null && server.opens(half, syn, nowNanos)) {
            host.opens().openFast(half, binding.sharing(), syn, server, nowNanos);
        } else {
            synQueue.add(half, nowNanos);
        }
    }

    /** Fast Open of this listener; null if Fast Open is off. */
    private @Nullable FastOpenServer fastOpenServer() {
        FastOpenServer server = fastOpenServer;
        if (server == null && FastOpenServer.limit(config, backlog) > 0) {
            server = new FastOpenServer(this, host.newFastOpenKeys());
            fastOpenServer = server;
        }
        return server;
    }

    private @Nullable Timestamps agreeOnTimestamps(final Segment syn, final IpPath path, final long nowNanos) {
        if (!config.timestamps() || !syn.options.hasTimestamps()) {
            return null;
        }
        final int offset = host.sequenceNumbers().timestampOffset(path, syn.destinationPort, syn.sourcePort);
        final Timestamps timestamps = new Timestamps(offset);
        timestamps.agree(syn.options.timestampValue(), nowNanos);
        return timestamps;
    }

    /** Window of the SYN-ACK: one segment under memory pressure. */
    private int firstWindow(final IpPath path) {
        final int window = WindowScale.first(config);
        return host.pool().underPressure() ? Math.min(window, MaximumSegmentSize.offered(path, config)) : window;
    }

    // ---- SYN cookies (RFC 4987 3.6)

    private void sendCookie(final Segment syn, final IpPath path, final long nowNanos) {
        final Timestamps timestamps = agreeOnTimestamps(syn, path, nowNanos);
        final int mss = syn.options.maximumSegmentSize() == 0
                ? MaximumSegmentSize.assumed(path)
                : syn.options.maximumSegmentSize();
        if (timestamps == null) {
            // No timestamp carries the other options back.
            syn.options.recall(mss, -1, false, false, 0);
        }
        final int iss = host.cookies().issue(path, syn.destinationPort, syn.sourcePort, syn.seq, mss, nowNanos);
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        if (timestamps == null && half.ecn == EcnFeedback.CLASSIC) {
            half.ecn = EcnFeedback.NONE; // The ACE field of the ACK carries Accurate ECN back.
        }
        final int clock = timestamps == null
                ? 0
                : SynCookies.mark(
                        timestamps.value(nowNanos), half.peerShift, half.sack, half.ecn == EcnFeedback.CLASSIC);
        statistics.synCookiesSent++;
        host.halfOpenArrives().sendCookie(half, clock);
    }

    /**
     * Processes the ACK of a SYN cookie.
     *
     * @return false if it does not acknowledge a cookie
     */
    private boolean cookieReturns(final Segment segment, final IpPath path, final long nowNanos) {
        final SynCookies cookies = host.cookies();
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
        final Segment syn = host.recalled();
        final EcnFeedback ecn =
                SynCookies.feedback(segment, EcnFeedback.accepted(config.ecn()), marked && SynCookies.ecn(mark));
        syn.recall(irs, TcpHeader.SYN | ecn.synFlags(), 0, segment.destinationPort, segment.sourcePort);
        syn.options.recall(
                mss,
                marked ? SynCookies.shift(mark) : -1,
                marked && SynCookies.sack(mark),
                marked,
                segment.options.timestampValue());
        final Timestamps timestamps = agreeOnTimestamps(syn, path, nowNanos);
        final HalfOpen half = new HalfOpen(this, path, syn, iss, firstWindow(path), timestamps, nowNanos);
        half.repeated = true; // The send time of the SYN-ACK is unknown: no round-trip sample.
        handshakeAcknowledged(half, segment, nowNanos);
        return true;
    }

    // ---- The end of a handshake

    @Override
    public void handshakeAcknowledged(final HalfOpen half, final Segment segment, final long nowNanos) {
        if (DeferAccept.holdsBack(half, segment)) {
            half.acknowledged = true;
            half.repeated = true;
            statistics.drop(DropReason.TCP_DEFERRED);
            return;
        }
        if (!hasRoom()) {
            // The peer counts as connected and retransmits; our SYN-ACK is repeated until the queue has room.
            statistics.drop(DropReason.TCP_LISTEN_OVERFLOW);
            if (config.abortOnOverflow()) {
                synQueue.drop(half);
                host.halfOpenArrives().reset(half, nowNanos);
            }
            return;
        }
        synQueue.complete(half);
        host.opens().complete(half, binding.sharing(), segment, nowNanos);
    }

    @Override
    public void handshakeFailed(final HalfOpen half) {
        synQueue.drop(half);
    }

    @Override
    public void established(final UnacceptedConnection connection, final long nowNanos) {
        if (closed) {
            connection.abort(nowNanos); // The listener is closed: no application accepts the connection.
            return;
        }
        acceptQueue.add(connection);
        acceptable.run();
    }
}
