package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.ErrorReport;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket as {@code tcp(7)} describes it. It becomes a listener or an end of a connection, which is its
 * {@link StreamLife}; bytes go through {@link StreamSender} and {@link StreamReceiver}.
 *
 * <p><b>Errors of a connection</b> are reported once, by the next call or by {@code SO_ERROR}. After that the socket
 * reads as ended (0) and refuses to send ({@code -EPIPE}), as on Linux.
 */
public final class StreamSocket extends StackSocket {

    private final StreamOptions options;
    private final StreamLife life;
    private final StreamSender sender;
    private final StreamReceiver receiver;

    /** A socket that neither listens nor is connected; called with the stack's lock held. */
    StreamSocket(final SocketHost host, final AddressFamily family) {
        this(host, family, new StreamOptions(host.defaults(), family));
    }

    /** An end of a connection that {@code listening} has accepted; called with the stack's lock held. */
    private StreamSocket(final StreamSocket listening) {
        super(listening);
        this.options = new StreamOptions(listening.options);
        this.life = new StreamLife(this, options);
        this.sender = new StreamSender(this, life, options);
        this.receiver = new StreamReceiver(this, life, options);
    }

    private StreamSocket(final SocketHost host, final AddressFamily family, final StreamOptions options) {
        super(host, family);
        this.options = options;
        this.life = new StreamLife(this, options);
        this.sender = new StreamSender(this, life, options);
        this.receiver = new StreamReceiver(this, life, options);
    }

    // ---- Becoming a listener or an end of a connection

    @Override
    public int bind(final Endpoint local) {
        return inside(() -> life.bind(local));
    }

    /**
     * {@code listen(2)}. A socket that is not bound gets a free port; one that already listens gets a new backlog.
     *
     * @param backlog connections that may wait to be accepted
     */
    public int listen(final int backlog) {
        return inside(() -> life.listen(backlog));
    }

    /**
     * {@code accept(2)}. The new socket is a blocking one and has the listener's options.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT} or 0
     * @return null if there is none, and the call must not wait or has waited for {@code SO_RCVTIMEO}: Linux's
     *     {@code EAGAIN}
     * @throws SocketErrorException {@code EINVAL} if the socket does not listen (any more), {@code EBADF} when it is
     *     closed, also during the wait, {@code EINTR} if the thread was interrupted
     */
    public @Nullable StreamSocket accept(final int flags) throws SocketErrorException {
        lock.lock();
        try {
            int failure = unusable();
            final long deadline = receiveDeadline();
            while (failure == 0) {
                final TcpListener from = life.listener();
                if (from == null) {
                    throw new SocketErrorException(SocketError.EINVAL, "accept");
                }
                final TcpConnection next = from.accept();
                if (next != null) {
                    final StreamSocket accepted = new StreamSocket(this);
                    accepted.life.accepted(next);
                    return accepted;
                }
                failure = mayWait(flags) ? await(readable, deadline) : -SocketError.EAGAIN.errno();
            }
            if (failure == -SocketError.EAGAIN.errno()) {
                return null;
            }
            throw new SocketErrorException(Errno.error(failure), "accept");
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code connect(2)}. On a non-blocking socket the first call returns {@code -EINPROGRESS}, further ones
     * {@code -EALREADY} until the handshake is over; the first one after it returns its result, and later ones
     * {@code -EISCONN}. A wait is limited by {@code SO_SNDTIMEO}, and then returns {@code -EINPROGRESS} as well. After
     * a failure the socket can connect again.
     */
    @Override
    public int connect(final Endpoint remote) {
        return inside(() -> life.connect(remote));
    }

    /**
     * {@code connect(2)} of {@code AF_UNSPEC}: ends a connection by a reset, and listening. The socket can be used
     * again.
     */
    @Override
    public int disconnect() {
        return inside(life::disconnect);
    }

    // ---- Bytes

    @Override
    public int send(final ByteBuffer data, final int flags) {
        return sender.send(data, flags);
    }

    /**
     * {@code sendto(2)}. With {@link MessageFlags#MSG_FASTOPEN} an unconnected socket connects, and with a cookie of
     * the server, or without need of one, {@code data} is sent with the SYN (RFC 7413). A call that may wait then waits
     * for the handshake, and sends the rest. Without the flag the address is ignored, as on Linux.
     *
     * @return bytes taken, of a call that may not wait those in the SYN; {@code -EINPROGRESS} if there are none and the
     *     call may not wait: a handshake has begun
     */
    public int sendTo(final ByteBuffer data, final int flags, final Endpoint remote) {
        return sendMessage(data, flags, remote, SentMessage.PLAIN);
    }

    @Override
    public int sendMessage(
            final ByteBuffer data, final int flags, final @Nullable Endpoint remote, final SentMessage message) {
        return sender.send(data, flags, remote, message);
    }

    /**
     * Sends a part of a file by reference: the bytes stay in the mapping, and the stack does not copy them where the
     * device gathers them. Ordered with all other sends. A blocking socket takes all bytes; a non-blocking one may take
     * fewer.
     *
     * <p>If the file is cut short later, before the peer has acknowledged the bytes, the connection sends the bytes
     * that are left and is reset; the socket then reports {@code -EIO}.
     *
     * @param position the first byte, from the file's start
     * @param count number of bytes
     * @param flags {@link MessageFlags#MSG_DONTWAIT}, {@link MessageFlags#MSG_MORE} or 0
     * @return the number of bytes taken; 0 if the file does not reach beyond {@code position} (any more)
     */
    public long sendFile(final MappedFile file, final long position, final long count, final int flags) {
        return sender.sendFile(file, position, count, flags);
    }

    /**
     * Sends a part of a file by a copy: it is read into the stack's own memory, and is that version of the bytes from
     * then on. Otherwise like {@link #sendFile}; the connection does not suffer if the file is cut short later.
     *
     * @return the number of bytes taken; 0 if the file does not reach beyond {@code position}
     * @throws IOException if the file cannot be read
     */
    public long sendCopy(final MappedFile file, final long position, final long count, final int flags)
            throws IOException {
        return sender.sendCopy(file, position, count, flags);
    }

    @Override
    public int recv(final ByteBuffer target, final int flags) {
        return MessageFlags.has(flags, MessageFlags.MSG_ERRQUEUE)
                ? recvMessage(target, flags, new ReceivedMessage())
                : receiver.recv(target, flags);
    }

    @Override
    int receive(final ByteBuffer target, final int flags, final @Nullable ReceivedMessage message) {
        return receiver.recv(target, flags, message);
    }

    @Override
    StampOptions stamps() {
        return options.stamps;
    }

    @Override
    @Nullable
    ErrorReport takeReport() {
        return life.errors().takeReport();
    }

    /**
     * Receives into a channel, which reads straight from the stack's memory: the one copy is the channel's own. Waits
     * for the first bytes as {@link #recv} does, and for the channel if it is a blocking one.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT} or 0
     * @return the number of bytes that the channel took, at least 1; 0 at the end of the stream; -EAGAIN, also if the
     *     channel took none
     * @throws IOException from the channel; bytes that it took before are gone from the socket
     */
    public int recvTo(final WritableByteChannel target, final int flags) throws IOException {
        return receiver.recvTo(target, flags);
    }

    /**
     * Sends the bytes of a channel, which writes straight into the stack's memory. Waits for room as {@link #send}
     * does, and for the channel if it is a blocking one; meanwhile other senders wait.
     *
     * @param flags {@link MessageFlags#MSG_DONTWAIT}, {@link MessageFlags#MSG_MORE} or 0
     * @return the number of bytes sent, at least 1; 0 if the channel is at its end; -EAGAIN, also if the channel had
     *     none
     * @throws IOException from the channel
     */
    public int sendFrom(final ScatteringByteChannel source, final int flags) throws IOException {
        return sender.sendFrom(source, flags);
    }

    /** {@code FIONREAD}: bytes that can be read at once; with {@code SO_OOBINLINE} off, those before the urgent one. */
    public int availableBytes() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? 0 : connection.readableBeforeMark();
        } finally {
            lock.unlock();
        }
    }

    /** {@code SIOCATMARK}, {@code sockatmark(3)}: true if the next byte to read is at the urgent mark (RFC 6093). */
    public boolean isAtMark() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection != null && connection.isAtUrgentMark();
        } finally {
            lock.unlock();
        }
    }

    /** {@code SIOCOUTQ}: bytes that the application sent and the peer has not acknowledged. */
    public int unsentAndUnackedBytes() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? 0 : connection.unacknowledgedBytes();
        } finally {
            lock.unlock();
        }
    }

    /** {@code SIOCOUTQNSD}: bytes that the application sent, but the protocol has not. */
    public int unsentBytes() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? 0 : connection.unsentBytes();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls {@code handler}, which replaces an earlier one, whenever the socket becomes ready: a listener when there is
     * a connection to accept, a connection when it is established, and when there are bytes or room for them.
     */
    public void handler(final SocketHandler<? super StreamSocket> handler) {
        handle(new HandlerCalls<>(this, handler));
    }

    // ---- The end

    /**
     * {@code shutdown(2)}. Ending the output sends a FIN behind all data; ending the input makes reads return 0 behind
     * the received bytes. On a listener, ending the input ends listening.
     */
    @Override
    public int shutdown(final Shutdown how) {
        return inside(() -> life.shutdown(how));
    }

    /**
     * With {@code SO_LINGER} of 0 seconds the connection is reset. With more, {@code close} waits until the peer has
     * acknowledged everything, FIN included, or the time is over. Without, it returns at once, and the protocol
     * delivers the sent bytes.
     */
    @Override
    int closeProtocol() {
        life.close();
        return 0;
    }

    @Override
    void discard() {
        lingerSeconds(0);
        close();
    }

    // ---- Options

    /**
     * {@code SO_LINGER}: the time in seconds for which {@link #close()} waits for the peer's acknowledgement; 0 resets
     * the connection; less than 0 turns lingering off, which is the default.
     */
    public void lingerSeconds(final int seconds) {
        lock.lock();
        options.lingerSeconds = Math.max(StreamOptions.NO_LINGER, seconds);
        lock.unlock();
    }

    /** See {@link #lingerSeconds(int)}; -1 if off. */
    public int lingerSeconds() {
        lock.lock();
        try {
            return options.lingerSeconds;
        } finally {
            lock.unlock();
        }
    }

    /** {@code SO_ACCEPTCONN}: true if connections can be accepted. */
    public boolean isListening() {
        lock.lock();
        try {
            return life.listener() != null;
        } finally {
            lock.unlock();
        }
    }

    /** The number of connections that wait to be accepted; 0 unless the socket listens. */
    public int pendingConnections() {
        lock.lock();
        try {
            return life.pendingConnections();
        } finally {
            lock.unlock();
        }
    }

    /** The backlog given to {@code listen(2)}; 0 unless the socket listens. */
    public int backlog() {
        lock.lock();
        try {
            return life.backlog();
        } finally {
            lock.unlock();
        }
    }

    /** {@code TCP_INFO}, or null if there is no connection. */
    public @Nullable TcpInfo info() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? null : connection.info(lock.now());
        } finally {
            lock.unlock();
        }
    }

    /** {@code TCP_CONGESTION}: the name of the congestion control. */
    public String congestionControl() {
        lock.lock();
        try {
            return options.config(life.connection()).congestionControl();
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code TCP_CONGESTION}. A connection keeps its window; connections that a listener accepts from now on start with
     * this one.
     *
     * @return 0, or {@code -ENOENT} if there is none of that name
     */
    public int congestionControl(final String name) {
        return inside(() -> options.congestionControl(name, life, lock.now()));
    }

    /**
     * {@code TCP_SAVED_SYN}: the headers of the SYN that began the connection, if its listener had
     * {@code TCP_SAVE_SYN}; they can be taken once.
     *
     * @param limit most bytes that fit the caller's buffer
     * @return the number of bytes put into {@code target}: 0 if there are none (any more); {@code -EINVAL} if they are
     *     more than {@code limit}, and then they stay
     */
    public int takeSavedSyn(final ByteBuffer target, final int limit) {
        return inside(() -> {
            final TcpConnection connection = life.connection();
            final byte[] saved = connection == null ? new byte[0] : connection.savedSyn();
            if (connection == null || saved.length == 0) {
                return 0;
            }
            if (saved.length > limit) {
                return -SocketError.EINVAL.errno();
            }
            target.put(saved);
            connection.forgetSavedSyn();
            return saved.length;
        });
    }

    /** {@code TCP_FASTOPEN_KEY}: the keys of a listener's Fast Open cookies, or null if none were set. */
    public @Nullable FastOpenKeys fastOpenKeys() {
        lock.lock();
        try {
            return options.config.fastOpenKeys();
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code TCP_FASTOPEN_KEY}, before or while listening; null for a random key.
     *
     * @return 0 or a negative errno
     */
    public int fastOpenKeys(final @Nullable FastOpenKeys keys) {
        return inside(() -> options.fastOpenKeys(keys, life));
    }

    @Override
    int applyOption(final int level, final int name, final int value) {
        return options.apply(level, name, value, life, lock.now());
    }

    @Override
    int optionValue(final int level, final int name) {
        return options.value(level, name, life);
    }

    // ---- Getters

    @Override
    public Endpoint localEndpoint() {
        lock.lock();
        try {
            return life.localEndpoint();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Endpoint remoteEndpoint() {
        lock.lock();
        try {
            return life.remoteEndpoint();
        } finally {
            lock.unlock();
        }
    }

    /** The other end of the connection, also if it has ended; null if there was none. */
    public @Nullable Endpoint peerEndpoint() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? null : connection.remote();
        } finally {
            lock.unlock();
        }
    }

    /** The error that ended the connection, or null; unlike {@code SO_ERROR} it stays. */
    public @Nullable SocketError failure() {
        lock.lock();
        try {
            final TcpConnection connection = life.connection();
            return connection == null ? null : connection.error();
        } finally {
            lock.unlock();
        }
    }

    @Override
    int pollState() {
        return life.pollState();
    }

    /** A report of the error queue replaces the pending error. Called with the stack's lock held. */
    void forgetError() {
        life.takeError();
    }

    // ---- For a splice; with the stack's lock held

    /**
     * Throws unless the socket is open and has a connection that is established, or was: data may still be there. Also
     * throws if nothing can be sent any more, and while a reader has received bytes on loan.
     */
    void requireJoinable(final String what) throws SocketErrorException {
        final int unusable = unusable();
        if (unusable != 0) {
            throw new SocketErrorException(Errno.error(unusable), what);
        }
        life.requireConnected(what);
        if (receiver.isLending()) {
            throw new SocketErrorException(SocketError.EAGAIN, what);
        }
    }

    /** Gives the connection to the caller and closes the socket. Called after {@link #requireJoinable}. */
    TcpConnection handOver() {
        final TcpConnection given = life.handOver();
        leave();
        return given;
    }
}
