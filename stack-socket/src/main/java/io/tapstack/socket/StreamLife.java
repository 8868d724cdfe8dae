package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.ErrorReport;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a {@link StreamSocket}, from unconnected to a listener or an end of a connection, and to its end. All
 * methods are called with the stack's lock held, and those that begin something while the socket can be used.
 */
final class StreamLife {

    /** The phase of a socket's life; the protocol knows the state of a connection. */
    private enum Phase {
        /** Neither listening nor connected; bound or not. */
        UNCONNECTED,
        LISTENING,
        /** {@code connect} was called, and its result was not reported yet. */
        CONNECTING,
        CONNECTED
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StreamSocket socket;
    private final StreamOptions options;
    private final ConnectionObserver events = new Events();
    private final StreamErrors errors;
    private Phase phase = Phase.UNCONNECTED;
    private @Nullable TcpBinding binding;
    private boolean portWasChosen;
    private @Nullable TcpListener listener;
    private @Nullable TcpConnection connection;
    // The destination of the first bytes sent (TCP_FASTOPEN_CONNECT).
    private @Nullable Endpoint deferred;
    private boolean errorReported;
    // Of a connection that was given up, until it is read.
    private @Nullable SocketError leftError;
    private boolean inputShut;
    private boolean outputShut;

    /** A socket that neither listens nor is connected. */
    StreamLife(final StreamSocket socket, final StreamOptions options) {
        this.socket = socket;
        this.options = options;
        this.errors = new StreamErrors(socket, options);
    }

    StreamErrors errors() {
        return errors;
    }

    /** Makes it an end of a connection that a listener has accepted. */
    void accepted(final TcpConnection made) {
        connection = made;
        phase = Phase.CONNECTED;
        made.observer(events);
    }

    private TcpProtocol tcp() {
        return socket.host.stack().tcp();
    }

    private long now() {
        return socket.lock.now();
    }

    // ---- Becoming a listener

    int bind(final Endpoint local) throws SocketErrorException {
        final int unfit = socket.family.local(local, options.ipv6Only);
        if (unfit != 0) {
            return unfit;
        }
        tcp().requireLocal(local.address());
        if (binding != null || phase == Phase.LISTENING || deferred != null || hasLiveConnection()) {
            return -SocketError.EINVAL.errno();
        }
        binding = tcp().bind(local, options.ipv6Only, options.sharing());
        portWasChosen = local.port() == 0;
        return 0;
    }

    int listen(final int backlog) throws SocketErrorException {
        if (listener != null) {
            listener.backlog(backlog);
            return 0;
        }
        if (phase != Phase.UNCONNECTED) {
            return -SocketError.EINVAL.errno();
        }
        TcpBinding bound = binding;
        if (bound == null) {
            bound = tcp().bind(socket.family.any(0), options.ipv6Only, options.sharing());
            binding = bound;
            portWasChosen = true;
        }
        final TcpListener made = tcp().listen(bound, backlog, options.config);
        made.observer(socket::wakeReaders);
        listener = made;
        phase = Phase.LISTENING;
        return 0;
    }

    // ---- Becoming an end of a connection

    /** See {@link StreamSocket#connect}. */
    int connect(final Endpoint remote) throws SocketErrorException {
        if (phase == Phase.LISTENING || phase == Phase.CONNECTED) {
            return -SocketError.EISCONN.errno();
        }
        if (phase == Phase.CONNECTING) {
            return awaitHandshake(0, -SocketError.EALREADY.errno());
        }
        final int unfit = socket.family.peer(remote, options.ipv6Only);
        if (unfit != 0) {
            return unfit;
        }
        if (tcp().maySendWithSyn(remote.address(), options.config, now())) {
            deferred = remote;
            phase = Phase.CONNECTED;
            socket.wakeAll();
            return 0;
        }
        start(remote, options.config, NOTHING);
        return awaitHandshake(0, -SocketError.EINPROGRESS.errno());
    }

    /** True if {@code connect} was deferred until there is something to send (TCP_FASTOPEN_CONNECT). */
    boolean isDeferred() {
        return deferred != null;
    }

    /**
     * Connects, to the destination of a deferred {@code connect} or else to {@code remote}, with as much of
     * {@code data} in the SYN as fits (RFC 7413), and waits for the handshake if it may: {@code sendto(2)} with
     * MSG_FASTOPEN, as on Linux.
     *
     * @return 0 when the connection is established; {@code -EINPROGRESS} if the handshake has begun and is not over,
     *     {@code -EALREADY} if it had begun before, or another negative errno
     */
    int connectWith(final ByteBuffer data, final int flags, final @Nullable Endpoint remote)
            throws SocketErrorException {
        if (!options.config.fastOpenPolicy().client()) {
            return -SocketError.EOPNOTSUPP.errno();
        }
        final Endpoint to = deferred == null ? remote : deferred;
        if (deferred == null && phase == Phase.CONNECTING) {
            return awaitHandshake(flags, -SocketError.EALREADY.errno());
        }
        if (deferred == null && phase != Phase.UNCONNECTED) {
            return -SocketError.EISCONN.errno();
        }
        if (to == null) {
            return -SocketError.EINVAL.errno();
        }
        final int unfit = socket.family.peer(to, options.ipv6Only);
        if (unfit != 0) {
            return unfit;
        }
        startDeferred(to, data);
        if (data.hasRemaining()) {
            writerWaits(flags);
        }
        return awaitHandshake(flags, -SocketError.EINPROGRESS.errno());
    }

    /**
     * Connects now, if connecting was deferred until there is something to send, and another call needs the connection.
     *
     * @return 0, or a negative errno
     */
    int connectDeferred() {
        final Endpoint remote = deferred;
        if (remote == null) {
            return 0;
        }
        try {
            startDeferred(remote, NOTHING);
            phase = Phase.CONNECTED;
            return 0;
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        }
    }

    /** A call with bytes to send waits for the handshake, if it may wait. */
    void writerWaits(final int flags) {
        if (connection != null && isHandshaking() && socket.mayWait(flags)) {
            connection.writerWaits();
        }
    }

    private void startDeferred(final Endpoint remote, final ByteBuffer data) throws SocketErrorException {
        deferred = null;
        try {
            start(remote, options.config.copy().fastOpen(true), data);
        } catch (final SocketErrorException e) {
            forgetConnection();
            throw e;
        }
    }

    private void start(final Endpoint remote, final TcpConfig config, final ByteBuffer data)
            throws SocketErrorException {
        final TcpConnection made = tcp().connect(binding, remote, config, events, data, now());
        if (!options.quickAck) {
            made.quickAck(false, now());
        }
        connection = made;
        errorReported = false;
        leftError = null;
        phase = Phase.CONNECTING;
    }

    private int awaitHandshake(final int flags, final int pending) {
        final long deadline = socket.sendDeadline();
        while (isHandshaking()) {
            if (!socket.mayWait(flags)) {
                return pending;
            }
            final int waited = socket.await(socket.writable, deadline);
            if (waited != 0) {
                return waited == -SocketError.EAGAIN.errno() ? pending : waited;
            }
        }
        final TcpConnection attempt = connection;
        if (attempt != null && attempt.state() != TcpState.CLOSED) {
            // Another thread may have been in connect, too; as on Linux it succeeded for both.
            phase = Phase.CONNECTED;
            return 0;
        }
        final int error = takeError();
        forgetConnection();
        return error != 0 ? -error : -SocketError.ECONNABORTED.errno();
    }

    // ---- The end

    /** See {@link StreamSocket#shutdown}. */
    int shutdown(final Shutdown how) {
        if (phase == Phase.LISTENING) {
            if (how.endsInput()) {
                stopListening();
            }
            return 0;
        }
        final TcpConnection open = connection;
        if (open != null && open.state() == TcpState.SYN_SENT) {
            // As on Linux, the attempt is given up, and the socket is as before. In SYN-RECEIVED the peer knows of it
            // already: the FIN waits for the end of the handshake (RFC 9293 3.10.4).
            giveUpConnection();
            return 0;
        }
        final boolean connected = hasLiveConnection();
        shutdown(open, how);
        return connected ? 0 : -SocketError.ENOTCONN.errno();
    }

    /** As on Linux, a socket without a connection is shut down, too, though the call fails. */
    private void shutdown(final @Nullable TcpConnection open, final Shutdown how) {
        if (how.endsInput()) {
            // Bytes received from now on still wait to be read, and then fill the window, unless our output ends as
            // well.
            inputShut = true;
            if (open != null) {
                open.inputUnwanted();
            }
        }
        if (how.endsOutput() && !outputShut) {
            outputShut = true;
            if (open != null) {
                open.shutdownOutput(now());
            }
        }
        socket.wakeAll();
    }

    /** See {@link StreamSocket#disconnect}. */
    int disconnect() {
        stopListening();
        giveUpConnection();
        return 0;
    }

    private void stopListening() {
        final TcpListener ended = listener;
        if (ended != null) {
            listener = null;
            phase = Phase.UNCONNECTED;
            ended.close(now());
            unbindChosenPort();
            socket.wakeAll();
        }
    }

    /** A port that was not bound by number is kept while it is in use. */
    private void unbindChosenPort() {
        if (portWasChosen) {
            unbind();
            binding = null;
        }
    }

    private void giveUpConnection() {
        final TcpConnection given = connection;
        if (given != null) {
            leftError = hasLiveConnection() ? SocketError.ECONNRESET : pendingError();
            given.observer(ConnectionObserver.NONE);
            given.abort(now());
        }
        forgetConnection();
        socket.wakeAll();
    }

    private void forgetConnection() {
        final TcpConnection forgotten = connection;
        if (forgotten != null) {
            // Its unread bytes go with it: a connection that failed keeps them for its reader.
            forgotten.close(now());
        }
        inputShut = false;
        outputShut = false;
        unbindChosenPort();
        deferred = null;
        connection = null;
        phase = Phase.UNCONNECTED;
    }

    /** See {@link StreamSocket#closeProtocol}. */
    void close() {
        stopListening();
        final TcpConnection last = connection;
        if (last != null) {
            if (options.lingerSeconds == 0) {
                last.abort(now());
            } else {
                last.close(now());
                Linger.await(socket, last, options.lingerSeconds);
            }
        }
        unbind();
    }

    private void unbind() {
        final TcpBinding bound = binding;
        if (bound != null) {
            bound.close();
        }
    }

    /**
     * Throws unless there is a connection that is established, or was: data may still be there. Also throws if nothing
     * can be sent any more.
     */
    void requireConnected(final String what) throws SocketErrorException {
        final TcpConnection open = connection;
        if (open == null || isHandshaking() || open.state() == TcpState.CLOSED) {
            throw new SocketErrorException(SocketError.ENOTCONN, what);
        }
        if (outputShut) {
            throw new SocketErrorException(SocketError.EPIPE, what);
        }
    }

    /** Gives the connection to the caller, and releases the rest. */
    TcpConnection handOver() {
        final TcpConnection given = connected();
        connection = null;
        unbind();
        return given;
    }

    // ---- Getters

    int pendingConnections() {
        return listener == null ? 0 : listener.pending();
    }

    int backlog() {
        return listener == null ? 0 : listener.backlog();
    }

    @Nullable
    TcpListener listener() {
        return listener;
    }

    @Nullable
    TcpConnection connection() {
        return connection;
    }

    /** The connection, where one is known to exist. */
    TcpConnection connected() {
        final TcpConnection open = connection;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    /** True while a handshake is in progress. */
    boolean isHandshaking() {
        final TcpConnection attempt = connection;
        return attempt != null && (attempt.state() == TcpState.SYN_SENT || attempt.state() == TcpState.SYN_RECEIVED);
    }

    /** True while there is a connection or a handshake; on Linux a socket has lost its connection in TIME-WAIT. */
    boolean hasLiveConnection() {
        final TcpConnection open = connection;
        return open != null && open.state() != TcpState.CLOSED && open.state() != TcpState.TIME_WAIT;
    }

    /** Applies the options that share the port. */
    void shareAnew() {
        if (binding != null) {
            binding.sharing(options.sharing());
        }
        if (connection != null) {
            connection.sharing(options.sharing());
        }
    }

    /** True if the socket has a local port. */
    boolean isBound() {
        return binding != null || connection != null;
    }

    boolean isInputShut() {
        return inputShut;
    }

    boolean isOutputShut() {
        return outputShut;
    }

    Endpoint localEndpoint() {
        if (connection != null && (binding == null || hasLiveConnection())) {
            return connection.local();
        }
        return binding == null ? socket.family.any(0) : binding.local();
    }

    @Nullable
    Endpoint remoteEndpoint() {
        if (deferred != null) {
            return deferred;
        }
        final TcpConnection live = connection;
        return live == null || live.state() == TcpState.SYN_SENT || !hasLiveConnection() ? null : live.remote();
    }

    /** The connection's error as an errno, if it was not reported yet, else 0. It is reported from now on. */
    int takeError() {
        final SocketError error = pendingError();
        // An error of the network comes first, and the connection lives on.
        errorReported |= error != null && errors.pending() == null;
        errors.pending(null);
        leftError = null;
        return error == null ? 0 : error.errno();
    }

    /** The same without reporting it. */
    int pendingErrno() {
        final SocketError error = pendingError();
        return error == null ? 0 : error.errno();
    }

    /** {@code SO_ERROR}: as on Linux, also an error that the network has reported and the connection survives. */
    int takeAnyError() {
        final int error = takeError();
        final TcpConnection open = connection;
        final SocketError soft = error != 0 || open == null ? null : open.takeSoftError();
        return soft == null ? error : soft.errno();
    }

    private @Nullable SocketError pendingError() {
        if (errors.pending() != null) {
            return errors.pending();
        }
        if (connection == null) {
            return leftError;
        }
        return errorReported ? null : connection.error();
    }

    int pollState() {
        if (deferred != null) {
            return PollEvents.WRITABLE;
        }
        if (listener != null) {
            return StreamReadiness.of(listener);
        }
        final int reports = errors.hasReports() ? PollEvents.POLLERR : 0;
        return reports | StreamReadiness.of(connection, inputShut, pendingError() != null, options.receiveLowWater);
    }

    /** The protocol's events, in the middle of its work. */
    private final class Events implements ConnectionObserver {

        @Override
        public void connected() {
            socket.wakeAll();
        }

        @Override
        public void readable() {
            // As on Linux, the peer's FIN is a change of state, which all listeners are told of.
            final TcpConnection open = connection;
            if (open == null || open.state().canReceive()) {
                socket.wakeReaders();
            } else {
                socket.wakeAll();
            }
        }

        @Override
        public void writable() {
            socket.wakeWriters();
        }

        @Override
        public void finAcknowledged() {
            socket.wakeWriters();
        }

        @Override
        public void refused(final ErrorReport report) {
            // As on Linux, of IPv4 also without IP_RECVERR.
            if (options.reportErrors || report.origin() == ErrorReport.ICMP) {
                errors.queue().add(report, options.config.receiveBufferBytes());
            }
        }

        @Override
        public boolean networkError(final SocketError error) {
            if (options.reportErrors) {
                errors.pending(error);
                socket.wakeAll();
            }
            return options.reportErrors;
        }

        @Override
        public void closed() {
            socket.wakeAll();
        }
    }
}
