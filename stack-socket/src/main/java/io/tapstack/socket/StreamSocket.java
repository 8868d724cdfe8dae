package io.tapstack.socket;

import io.tapstack.ip.SocketError;
import io.tapstack.ip.SocketErrorException;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket as {@code tcp(7)} describes it: it starts as neither, and becomes a listener or one end of a connection. This class is
 * its life; bytes go through {@link StreamSender} and {@link StreamReceiver}.
 *
 * <p><b>Errors of a connection</b> are reported once, by whatever call comes first or by {@code SO_ERROR}. After that the socket reads
 * as ended (0) and refuses to send ({@code -EPIPE}), as on Linux.
 */
public final class StreamSocket extends StackSocket {

    /** Which of its lives a socket leads; the state of a connection is the protocol's to know. */
    private enum Phase {
        /** Neither listening nor connected; bound or not. */
        UNCONNECTED,
        LISTENING,
        /** {@code connect} was called, and its result has not been reported yet. */
        CONNECTING,
        CONNECTED
    }

    private static final Endpoint UNBOUND = Endpoint.anyIpv4(0);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StreamOptions options;
    private final StreamSender sender = new StreamSender(this);
    private final StreamReceiver receiver = new StreamReceiver(this);
    private final ConnectionObserver events = new Events();
    private Phase phase = Phase.UNCONNECTED;
    private @Nullable TcpBinding binding;
    private boolean portWasChosen;
    private @Nullable TcpListener listener;
    private @Nullable TcpConnection connection;
    // Where the first bytes that are sent will connect to (TCP_FASTOPEN_CONNECT).
    private @Nullable Endpoint deferred;
    private boolean errorReported;
    // Of a connection that was given up, as long as nobody has asked.
    private @Nullable SocketError leftError;
    private boolean inputShut;
    private boolean outputShut;

    /** A socket that is neither; inside the door. */
    StreamSocket(final SocketLayer layer) {
        super(layer);
        this.options = new StreamOptions(layer.defaults());
    }

    /** One end of a connection that {@code listening} has accepted; inside the door. */
    private StreamSocket(final StreamSocket listening, final TcpConnection accepted) {
        super(listening);
        this.options = new StreamOptions(listening.options);
        this.connection = accepted;
        this.phase = Phase.CONNECTED;
        accepted.observer(events);
    }

    // ---- Becoming a listener or an end of a connection

    @Override
    public int bind(final Endpoint local) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            final TcpProtocol tcp = layer.stack().tcp();
            tcp.requireLocal(local.address());
            if (binding != null || phase == Phase.LISTENING || deferred != null || hasLiveConnection()) {
                return -SocketError.EINVAL.errno();
            }
            binding = tcp.bind(local, options.sharing());
            portWasChosen = local.port() == 0;
            return 0;
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            door.exit();
        }
    }

    /**
     * {@code listen(2)}. A socket that is not bound gets a free port; one that listens already gets a new backlog.
     *
     * @param backlog how many connections may wait to be accepted
     */
    public int listen(final int backlog) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            if (listener != null) {
                listener.backlog(backlog);
                return 0;
            }
            if (phase != Phase.UNCONNECTED) {
                return -SocketError.EINVAL.errno();
            }
            TcpBinding bound = binding;
            if (bound == null) {
                bound = layer.stack().tcp().bind(UNBOUND, options.sharing());
                binding = bound;
                portWasChosen = true;
            }
            final TcpListener made = layer.stack().tcp().listen(bound, backlog, options.config);
            made.observer(this::wakeReaders);
            listener = made;
            phase = Phase.LISTENING;
            return 0;
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            door.exit();
        }
    }

    /**
     * {@code accept(2)}. The new socket is a blocking one and has the listener's options.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT} or 0
     * @return null if there is none, and the call must not wait or has waited for as long as {@code SO_RCVTIMEO} allows: Linux's
     *     {@code EAGAIN}
     * @throws SocketErrorException {@code EINVAL} if the socket does not listen (any more), {@code EBADF} when it is closed, also
     *     during the wait, {@code EINTR} if the thread was interrupted
     */
    public @Nullable StreamSocket accept(final int flags) throws SocketErrorException {
        door.enter();
        try {
            int failure = unusable();
            final long deadline = receiveDeadline();
            while (failure == 0) {
                final TcpListener from = listener;
                if (from == null) {
                    throw new SocketErrorException(SocketError.EINVAL, "accept");
                }
                final TcpConnection next = from.accept();
                if (next != null) {
                    return new StreamSocket(this, next);
                }
                failure = mayWait(flags) ? await(readable, deadline) : -SocketError.EAGAIN.errno();
            }
            if (failure == -SocketError.EAGAIN.errno()) {
                return null;
            }
            throw new SocketErrorException(Errno.error(failure), "accept");
        } finally {
            door.exit();
        }
    }

    /**
     * {@code connect(2)}. Not waiting, the first call answers {@code -EINPROGRESS}, further ones {@code -EALREADY} until the
     * handshake is over; the first one after it answers its result, and later ones {@code -EISCONN}. A wait is limited by
     * {@code SO_SNDTIMEO}, and then answers {@code -EINPROGRESS} as well. After a failure the socket can be used to connect again.
     */
    @Override
    public int connect(final Endpoint remote) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            int pending = -SocketError.EALREADY.errno();
            if (phase == Phase.LISTENING || phase == Phase.CONNECTED) {
                return -SocketError.EISCONN.errno();
            }
            if (phase == Phase.UNCONNECTED) {
                if (options.config.fastOpen() && layer.stack().tcp().hasFastOpenCookie(remote.address(), door.now())) {
                    deferred = remote;
                    phase = Phase.CONNECTED;
                    wakeAll();
                    return 0;
                }
                start(remote, options.config, NOTHING);
                pending = -SocketError.EINPROGRESS.errno();
            }
            return awaitHandshake(pending);
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            door.exit();
        }
    }

    private void start(final Endpoint remote, final TcpConfig config, final ByteBuffer data)
            throws SocketErrorException {
        final TcpConnection made = layer.stack().tcp().connect(binding, remote, config, events, data, door.now());
        made.quickAck(options.quickAck, door.now());
        connection = made;
        errorReported = false;
        leftError = null;
        phase = Phase.CONNECTING;
    }

    /**
     * Connects now, if that was put off until there is something to send: the SYN takes {@code data} along.
     *
     * @return 0, or a negative errno
     */
    int connectDeferred(final ByteBuffer data) {
        final Endpoint remote = deferred;
        if (remote == null) {
            return 0;
        }
        deferred = null;
        try {
            start(remote, options.config, data);
            phase = Phase.CONNECTED;
            return 0;
        } catch (final SocketErrorException e) {
            forgetConnection();
            return -e.error().errno();
        }
    }

    /**
     * {@code sendto(2)}. With {@link MessageFlags#MSG_FASTOPEN} a socket that is not connected connects, and if the server has given a cookie
     * {@code data} goes out with the SYN (RFC 7413); it then does not wait for the handshake. Otherwise the address is ignored, as on Linux.
     *
     * @return bytes taken; {@code -EINPROGRESS} if there was no cookie and the call may not wait: a handshake that asks for one has begun
     */
    public int sendTo(final ByteBuffer data, final int flags, final Endpoint remote) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            if (MessageFlags.has(flags, MessageFlags.MSG_FASTOPEN) && phase == Phase.UNCONNECTED && deferred == null) {
                final int before = data.remaining();
                final boolean cookie = layer.stack().tcp().hasFastOpenCookie(remote.address(), door.now());
                start(remote, options.config.copy().fastOpen(true), cookie ? data : NOTHING);
                if (data.remaining() < before) {
                    phase = Phase.CONNECTED;
                    return before - data.remaining();
                }
                final int pending = -SocketError.EINPROGRESS.errno();
                final int result = mayWait(flags) ? awaitHandshake(pending) : pending;
                if (result != 0) {
                    return result;
                }
            }
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            door.exit();
        }
        return send(data, flags & ~MessageFlags.MSG_FASTOPEN);
    }

    private int awaitHandshake(final int pending) {
        final long deadline = sendDeadline();
        while (isHandshaking()) {
            if (!mayWait(0)) {
                return pending;
            }
            final int waited = await(writable, deadline);
            if (waited != 0) {
                return waited == -SocketError.EAGAIN.errno() ? pending : waited;
            }
        }
        final TcpConnection attempt = connection;
        if (attempt != null && attempt.state() != TcpState.CLOSED) {
            // Another thread may have been in connect, too; as on Linux it worked for both.
            phase = Phase.CONNECTED;
            return 0;
        }
        final int error = takeError();
        forgetConnection();
        return error != 0 ? -error : -SocketError.ECONNABORTED.errno();
    }

    // ---- Bytes

    @Override
    public int send(final ByteBuffer data, final int flags) {
        return sender.send(data, flags);
    }

    /**
     * Sends a part of a file by reference: the bytes stay in the mapping and are never copied by the stack where the device gathers
     * them. Ordered with everything sent before and after. A blocking socket takes all there is; else it may take less.
     *
     * <p>If the file is cut short later, before the peer has acknowledged the bytes, the connection sends what is left of it and is
     * reset; the socket then reports {@code -EIO}.
     *
     * @param position the first byte, from the file's start
     * @param count how many bytes
     * @param flags {@link MessageFlags#MSG_DONTWAIT}, {@link MessageFlags#MSG_MORE} or 0
     * @return how many bytes were taken; 0 if the file does not reach beyond {@code position} (any more)
     */
    public long sendFile(final MappedFile file, final long position, final long count, final int flags) {
        return sender.sendFile(file, position, count, flags);
    }

    @Override
    public int recv(final ByteBuffer target, final int flags) {
        return receiver.recv(target, flags);
    }

    /**
     * Receives into a channel, which reads straight from the stack's memory: the one copy is the channel's own. Waits for the first bytes
     * as {@link #recv} does, and for the channel if it is a blocking one.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT} or 0
     * @return how many bytes the channel has taken, at least 1; 0 at the end of the stream; -EAGAIN, also if the channel took none
     * @throws IOException from the channel; what it had taken by then is gone from the socket
     */
    public int recvTo(final WritableByteChannel target, final int flags) throws IOException {
        return receiver.recvTo(target, flags);
    }

    /**
     * Sends what comes from a channel, which writes straight into the stack's memory. Waits for room as {@link #send} does, and for the
     * channel if it is a blocking one; meanwhile other senders wait.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT}, {@link MessageFlags#MSG_MORE} or 0
     * @return how many bytes were sent, at least 1; 0 if the channel is at its end; -EAGAIN, also if the channel had none
     * @throws IOException from the channel
     */
    public int sendFrom(final ScatteringByteChannel source, final int flags) throws IOException {
        return sender.sendFrom(source, flags);
    }

    /** {@code FIONREAD}: bytes that can be read at once; with {@code SO_OOBINLINE} off, those before the urgent one. */
    public int availableBytes() {
        door.enter();
        try {
            return connection == null ? 0 : connection.readableBeforeMark();
        } finally {
            door.exit();
        }
    }

    /** {@code SIOCATMARK}, {@code sockatmark(3)}: whether the next byte to be read stands at the urgent mark (RFC 6093). */
    public boolean isAtMark() {
        door.enter();
        try {
            return connection != null && connection.isAtUrgentMark();
        } finally {
            door.exit();
        }
    }

    /** {@code SIOCOUTQ}: bytes that were sent by the application and are not acknowledged yet. */
    public int unsentAndUnackedBytes() {
        door.enter();
        try {
            return connection == null ? 0 : connection.unacknowledgedBytes();
        } finally {
            door.exit();
        }
    }

    /** {@code SIOCOUTQNSD}: bytes that were sent by the application, but not by the protocol yet. */
    public int unsentBytes() {
        door.enter();
        try {
            return connection == null ? 0 : connection.unsentBytes();
        } finally {
            door.exit();
        }
    }

    /**
     * Has {@code handler} called from now on, instead of one that was given before, whenever the socket becomes ready: a listener when there is
     * a connection to accept, a connection when it is established, and when there are bytes or room for them.
     */
    public void handler(final SocketHandler<? super StreamSocket> handler) {
        handle(new HandlerCalls<>(this, handler));
    }

    // ---- The end

    /**
     * {@code shutdown(2)}. Ending the output sends a FIN behind all data; ending the input makes reads answer 0 once what has come is
     * read. On a listener, ending the input ends listening.
     */
    @Override
    public int shutdown(final Shutdown how) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            if (phase == Phase.LISTENING) {
                if (how.endsInput()) {
                    stopListening();
                }
                return 0;
            }
            if (isHandshaking()) {
                // Linux: the attempt is given up, and the socket is as it was before.
                giveUpConnection();
                return 0;
            }
            shutdown(connection, how);
            return hasLiveConnection() ? 0 : -SocketError.ENOTCONN.errno();
        } finally {
            door.exit();
        }
    }

    /** As on Linux, a socket without a connection is shut down, too, though the call fails. */
    private void shutdown(final @Nullable TcpConnection open, final Shutdown how) {
        if (how.endsInput()) {
            // What comes from now on still waits to be read, and then fills the window, unless our output ends as well.
            inputShut = true;
            if (open != null) {
                open.endInput();
            }
        }
        if (how.endsOutput() && !outputShut) {
            outputShut = true;
            if (open != null) {
                open.shutdownOutput(door.now());
            }
        }
        wakeAll();
    }

    /** {@code connect(2)} of {@code AF_UNSPEC}: ends a connection by a reset, and listening. The socket can be used again. */
    @Override
    public int disconnect() {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable == 0) {
                stopListening();
                giveUpConnection();
            }
            return unusable;
        } finally {
            door.exit();
        }
    }

    private void stopListening() {
        final TcpListener ended = listener;
        if (ended != null) {
            listener = null;
            phase = Phase.UNCONNECTED;
            ended.close(door.now());
            unbindChosenPort();
            wakeAll();
        }
    }

    /** A port that nobody has asked for by its number is kept for as long as it is in use. */
    private void unbindChosenPort() {
        final TcpBinding bound = binding;
        if (bound != null && portWasChosen) {
            binding = null;
            bound.close();
        }
    }

    private void giveUpConnection() {
        final TcpConnection given = connection;
        if (given != null) {
            leftError = hasLiveConnection() ? SocketError.ECONNRESET : pendingError();
            given.observer(ConnectionObserver.NONE);
            given.abort(door.now());
        }
        forgetConnection();
        wakeAll();
    }

    private void forgetConnection() {
        inputShut = false;
        outputShut = false;
        unbindChosenPort();
        deferred = null;
        connection = null;
        phase = Phase.UNCONNECTED;
    }

    /**
     * With {@code SO_LINGER} of 0 seconds the connection is reset. With more, {@code close} waits until the peer has acknowledged
     * everything, FIN included, or the time is over. Without, it returns at once, and the protocol goes on with what was sent.
     */
    @Override
    int closeProtocol() {
        stopListening();
        final TcpConnection last = connection;
        if (last != null) {
            if (options.lingerSeconds == 0) {
                last.abort(door.now());
            } else {
                last.close(door.now());
                linger(last);
            }
        }
        final TcpBinding bound = binding;
        if (bound != null) {
            bound.close();
        }
        return 0;
    }

    @Override
    void discard() {
        options.lingerSeconds = 0;
        close();
    }

    private void linger(final TcpConnection last) {
        if (options.lingerSeconds <= 0 || layer.isHandling()) {
            return;
        }
        final long deadline = door.now() + options.lingerSeconds * 1_000_000_000L;
        last.observer(events);
        try {
            while (isFinishing(last) && !door.isShut() && writable.await(deadline)) {
                continue;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.observer(ConnectionObserver.NONE);
    }

    /** True while there is something that the peer has not acknowledged: data or the FIN. */
    private static boolean isFinishing(final TcpConnection last) {
        return switch (last.state()) {
            case FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    // ---- Options

    /**
     * {@code SO_LINGER}: how long {@link #close()} waits for the peer's acknowledgement, in seconds; 0 makes it reset the connection;
     * less than 0 turns lingering off, which is the default.
     */
    public void lingerSeconds(final int seconds) {
        door.enter();
        options.lingerSeconds = Math.max(StreamOptions.NO_LINGER, seconds);
        door.exit();
    }

    /** See {@link #lingerSeconds(int)}; -1 if off. */
    public int lingerSeconds() {
        door.enter();
        try {
            return options.lingerSeconds;
        } finally {
            door.exit();
        }
    }

    /** Whether connections can be accepted: {@code SO_ACCEPTCONN}. */
    public boolean isListening() {
        door.enter();
        try {
            return phase == Phase.LISTENING;
        } finally {
            door.exit();
        }
    }

    /** {@code TCP_INFO}, or null if there is no connection. */
    public @Nullable TcpInfo info() {
        door.enter();
        try {
            return connection == null ? null : connection.info(door.now());
        } finally {
            door.exit();
        }
    }

    /** {@code TCP_CONGESTION}: the name of the congestion control. */
    public String congestionControl() {
        door.enter();
        try {
            return (connection == null ? options.config : connection.config()).congestionControl();
        } finally {
            door.exit();
        }
    }

    /**
     * {@code TCP_CONGESTION}. One that is connected goes on with the window it has; what a listener accepts from now on begins with this one.
     *
     * @return 0, or {@code -ENOENT} if there is none of that name
     */
    public int congestionControl(final String name) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            options.config.congestionControl(name);
            if (listener != null) {
                listener.config().congestionControl(name);
            }
            if (connection != null) {
                connection.config().congestionControl(name);
                connection.configChanged(door.now());
            }
            return 0;
        } catch (final IllegalArgumentException e) {
            return -SocketError.ENOENT.errno();
        } finally {
            door.exit();
        }
    }

    /** {@code TCP_FASTOPEN_KEY}: what a listener makes Fast Open cookies with, or null if nobody has said. */
    public @Nullable FastOpenKeys fastOpenKeys() {
        door.enter();
        try {
            return options.config.fastOpenKeys();
        } finally {
            door.exit();
        }
    }

    /** {@code TCP_FASTOPEN_KEY}, before or while listening; null for a key that nobody knows. @return 0 or a negative errno */
    public int fastOpenKeys(final @Nullable FastOpenKeys keys) {
        door.enter();
        try {
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            options.config.fastOpenKeys(keys);
            if (listener != null) {
                listener.config().fastOpenKeys(keys);
            }
            return 0;
        } finally {
            door.exit();
        }
    }

    @Override
    int applyOption(final int level, final int name, final int value) {
        final TcpConnection open = connection;
        final boolean ofTcp = level == SocketOptions.IPPROTO_TCP;
        if (ofTcp && isTooLate(name, value)) {
            return -SocketError.EINVAL.errno();
        }
        final int result = options.set(level, name, value);
        if (level == SocketOptions.SOL_SOCKET
                && (name == SocketOptions.SO_REUSEADDR || name == SocketOptions.SO_REUSEPORT)) {
            shareAnew();
            return result;
        }
        if (result == 0 && listener != null) {
            TcpConfigOptions.set(listener.config(), level, name, value);
        }
        if (result == 0 && open != null) {
            TcpConfigOptions.set(open.config(), level, name, value);
            if (ofTcp && name == SocketOptions.TCP_QUICKACK) {
                open.quickAck(value != 0, door.now());
            } else if (ofTcp && name == SocketOptions.TCP_NODELAY && value != 0) {
                open.flush(door.now()); // tcp(7): an explicit flush, even with TCP_CORK
            } else {
                open.configChanged(door.now());
            }
        }
        return result;
    }

    /** tcp(7): some of its options say how a connection begins. */
    private boolean isTooLate(final int name, final int value) {
        return switch (name) {
            case SocketOptions.TCP_WINDOW_CLAMP -> value == 0 && (listener != null || hasLiveConnection());
            case SocketOptions.TCP_FASTOPEN -> hasLiveConnection();
            case SocketOptions.TCP_FASTOPEN_CONNECT -> listener != null || hasLiveConnection();
            default -> false;
        };
    }

    private void shareAnew() {
        if (binding != null) {
            binding.sharing(options.sharing());
        }
        if (connection != null) {
            connection.sharing(options.sharing());
        }
    }

    @Override
    int optionValue(final int level, final int name) {
        final TcpConnection open = connection;
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_ERROR) {
            return takeAnyError();
        }
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_ACCEPTCONN) {
            return phase == Phase.LISTENING ? 1 : 0;
        }
        if (open == null) {
            return level == SocketOptions.IPPROTO_IP && name == SocketOptions.IP_MTU
                    ? -SocketError.ENOTCONN.errno()
                    : options.get(level, name, options.config);
        }
        return switch (level) {
            case SocketOptions.SOL_SOCKET ->
                switch (name) {
                    case SocketOptions.SO_SNDBUF -> TcpConfigOptions.doubled(open.sendBufferBytes());
                    case SocketOptions.SO_RCVBUF -> TcpConfigOptions.doubled(open.receiveBufferBytes());
                    default -> options.get(level, name, open.config());
                };
            case SocketOptions.IPPROTO_IP ->
                name == SocketOptions.IP_MTU ? open.pathMtu() : options.get(level, name, open.config());
            case SocketOptions.IPPROTO_TCP ->
                switch (name) {
                    case SocketOptions.TCP_MAXSEG -> open.segmentBytes();
                    case SocketOptions.TCP_QUICKACK -> open.isQuickAck() ? 1 : 0;
                    default -> options.get(level, name, open.config());
                };
            default -> options.get(level, name, open.config());
        };
    }

    @Override
    public Endpoint localEndpoint() {
        door.enter();
        try {
            if (connection != null && (binding == null || hasLiveConnection())) {
                return connection.local();
            }
            return binding == null ? UNBOUND : binding.local();
        } finally {
            door.exit();
        }
    }

    @Override
    public @Nullable Endpoint remoteEndpoint() {
        door.enter();
        try {
            if (deferred != null) {
                return deferred;
            }
            final TcpConnection live = connection;
            return live == null || live.state() == TcpState.SYN_SENT || !hasLiveConnection() ? null : live.remote();
        } finally {
            door.exit();
        }
    }

    /** The other end of the connection, also if it has ended; null if there was none. */
    public @Nullable Endpoint peerEndpoint() {
        door.enter();
        try {
            return connection == null ? null : connection.remote();
        } finally {
            door.exit();
        }
    }

    // ---- What others ask; inside the door

    /**
     * Throws unless the socket is open and has a connection that is established, or was: data may still be there. Also throws if
     * nothing can be sent any more, and while a reader has a part of what has come on loan.
     */
    void requireJoinable(final String what) throws SocketErrorException {
        final int unusable = unusable();
        if (unusable != 0) {
            throw new SocketErrorException(Errno.error(unusable), what);
        }
        final TcpConnection open = connection;
        if (open == null || isHandshaking() || open.state() == TcpState.CLOSED) {
            throw new SocketErrorException(SocketError.ENOTCONN, what);
        }
        if (outputShut) {
            throw new SocketErrorException(SocketError.EPIPE, what);
        }
        if (receiver.isLending()) {
            throw new SocketErrorException(SocketError.EAGAIN, what);
        }
    }

    /** Gives the connection away and closes the socket. To be called after {@link #requireJoinable}. */
    TcpConnection handOver() {
        final TcpConnection given = connected();
        connection = null;
        leave();
        final TcpBinding bound = binding;
        if (bound != null) {
            bound.close();
        }
        return given;
    }

    @Nullable
    TcpConnection connection() {
        return connection;
    }

    /** The connection, where it is known that there is one. */
    TcpConnection connected() {
        final TcpConnection open = connection;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    /** True while a connection is being opened, whose outcome is not known. */
    boolean isHandshaking() {
        final TcpConnection attempt = connection;
        return attempt != null && (attempt.state() == TcpState.SYN_SENT || attempt.state() == TcpState.SYN_RECEIVED);
    }

    /** True while there is a connection, or one is being opened; on Linux a socket has lost it when it is in TIME-WAIT. */
    private boolean hasLiveConnection() {
        final TcpConnection open = connection;
        return open != null && open.state() != TcpState.CLOSED && open.state() != TcpState.TIME_WAIT;
    }

    /** {@code SO_RCVLOWAT}. */
    int receiveLowWater() {
        return options.receiveLowWater;
    }

    boolean isInputShut() {
        return inputShut;
    }

    boolean isOutputShut() {
        return outputShut;
    }

    /** The connection's error as an errno, if it has not been reported yet, else 0. From now on it is reported. */
    int takeError() {
        final SocketError error = pendingError();
        errorReported |= error != null;
        leftError = null;
        return error == null ? 0 : error.errno();
    }

    /** {@code SO_ERROR}: tells also of what the network has reported and the connection lives through. */
    private int takeAnyError() {
        final int error = takeError();
        if (error != 0 || connection == null) {
            return error;
        }
        final SocketError soft = connection.takeSoftError();
        return soft == null ? 0 : soft.errno();
    }

    /** The same without telling anybody. */
    int pendingErrno() {
        final SocketError error = pendingError();
        return error == null ? 0 : error.errno();
    }

    /** Why the connection failed, or null; unlike {@code SO_ERROR} it stays. */
    public @Nullable SocketError failure() {
        door.enter();
        try {
            return connection == null ? null : connection.error();
        } finally {
            door.exit();
        }
    }

    private @Nullable SocketError pendingError() {
        if (connection == null) {
            return leftError;
        }
        return errorReported ? null : connection.error();
    }

    @Override
    int pollState() {
        if (deferred != null) {
            return PollEvents.WRITABLE;
        }
        return listener != null
                ? StreamReadiness.of(listener)
                : StreamReadiness.of(connection, inputShut, pendingError() != null, options.receiveLowWater);
    }

    /** What the protocol tells us, inside the door, in the middle of its work. */
    private final class Events implements ConnectionObserver {

        @Override
        public void connected() {
            wakeAll();
        }

        @Override
        public void readable() {
            // As on Linux, the peer's FIN is a change of state, which everybody hears of.
            final TcpConnection open = connection;
            if (open == null || open.state().canReceive()) {
                wakeReaders();
            } else {
                wakeAll();
            }
        }

        @Override
        public void writable() {
            wakeWriters();
        }

        @Override
        public void finAcknowledged() {
            wakeWriters();
        }

        @Override
        public void closed() {
            wakeAll();
        }
    }
}
