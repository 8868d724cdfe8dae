package io.tapstack.socket;

import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.tcp.ReadBatch;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link StreamSocket}: {@code recv(2)}.
 *
 * <p>A small read copies with the stack's lock held. A large one borrows the received bytes, copies without the lock,
 * while the stack goes on, and gives them back. Meanwhile {@link #copying} keeps other readers waiting: their bytes are
 * not at the front of the queue yet.
 */
final class StreamReceiver {

    /** Largest read whose copy costs less than taking the lock a second time. */
    private static final int SMALL_READ = 4_096;

    /** Most bytes on loan at a time, so that the peer's window opens during a large read. */
    private static final int MAX_LOAN = 1 << 18;

    private static final int AGAIN = -SocketError.EAGAIN.errno();

    private final StreamSocket socket;
    private final StreamLife life;
    private final StreamOptions options;
    private @Nullable ReadBatch loan;
    private boolean copying;

    StreamReceiver(final StreamSocket socket, final StreamLife life, final StreamOptions options) {
        this.socket = socket;
        this.life = life;
        this.options = options;
    }

    /** @param message receives the number of unread bytes, with {@code TCP_INQ}; may be null */
    int recv(final ByteBuffer target, final int flags, final @Nullable ReceivedMessage message) {
        socket.lock.lock();
        try {
            final int result = recv(target, flags);
            final TcpConnection connection = life.connection();
            if (message != null && result > 0 && connection != null && options.stamps.stampsArrivals()) {
                final boolean peeked = MessageFlags.has(flags, MessageFlags.MSG_PEEK);
                options.stamps.tell(message, connection.arrivalNanos(peeked ? result - 1 : -1), false);
            }
            if (message != null && options.tellUnread && result >= 0 && connection != null) {
                message.unreadBytes(connection.unreadBytes());
            }
            return result;
        } finally {
            socket.lock.unlock();
        }
    }

    int recv(final ByteBuffer target, final int flags) {
        socket.lock.lock();
        try {
            if (MessageFlags.has(flags, MessageFlags.MSG_OOB)) {
                return takeUrgent(target, flags);
            }
            passUrgentMark(flags);
            final boolean wantsAll = MessageFlags.has(flags, MessageFlags.MSG_WAITALL);
            final int enough = wantsAll ? target.remaining() : Math.min(target.remaining(), options.receiveLowWater);
            final long deadline = socket.receiveDeadline();
            int taken = 0;
            int result = socket.unusable();
            while (result == 0) {
                // An error behind bytes waits for the next call.
                result = copying ? AGAIN : taken > 0 && life.pendingErrno() != 0 ? 0 : takeOrTell(target, flags);
                if (result > 0) {
                    taken += result;
                    if (taken >= enough
                            || life.connected().isAtUrgentMark()
                            || MessageFlags.has(flags, MessageFlags.MSG_PEEK)) {
                        break;
                    }
                    result = 0;
                } else if (result == AGAIN && (copying || socket.mayWait(flags)) && (taken == 0 || taken < enough)) {
                    result = socket.await(socket.readable, deadline);
                } else {
                    break;
                }
            }
            return taken > 0 ? taken : result;
        } finally {
            socket.lock.unlock();
        }
    }

    private void passUrgentMark(final int flags) {
        final TcpConnection connection = life.connection();
        if (connection != null && !MessageFlags.has(flags, MessageFlags.MSG_PEEK)) {
            connection.passUrgentMark();
        }
    }

    /** Reads the urgent byte apart, as Linux's {@code tcp_recv_urg}. Never waits. */
    private int takeUrgent(final ByteBuffer target, final int flags) {
        final int unusable = socket.unusable();
        final TcpConnection connection = life.connection();
        if (unusable != 0) {
            return unusable;
        }
        if (connection == null) {
            return life.listener() != null ? -SocketError.ENOTCONN.errno() : -SocketError.EINVAL.errno();
        }
        if (!connection.config().urgentInLine() && connection.hasUrgentByte()) {
            if (connection.error() != null) {
                return -SocketError.ENOTCONN.errno();
            }
            final byte urgent = connection.readUrgentByte(MessageFlags.has(flags, MessageFlags.MSG_PEEK));
            if (target.hasRemaining()) {
                target.put(urgent);
                return 1;
            }
            return 0;
        }
        final boolean comes = !connection.config().urgentInLine() && connection.isUrgentByteAnnounced();
        return comes ? AGAIN : -SocketError.EINVAL.errno();
    }

    /** True while a reader without the lock has bytes that it will take off the front of the receive queue. */
    boolean isLending() {
        return copying;
    }

    /** See {@link StreamSocket#recvTo}. */
    int recvTo(final WritableByteChannel target, final int flags) throws IOException {
        socket.lock.lock();
        try {
            final long deadline = socket.receiveDeadline();
            int result = socket.unusable();
            while (result == 0) {
                result = copying ? AGAIN : readableOrTell();
                if (result > 0) {
                    return lendTo(life.connected(), target);
                }
                if (result != AGAIN || !(copying || socket.mayWait(flags))) {
                    break;
                }
                result = socket.await(socket.readable, deadline);
            }
            return result;
        } finally {
            socket.lock.unlock();
        }
    }

    /**
     * @return the number of bytes taken; 0 at the end of the stream, or if none were asked for; -EAGAIN if there is
     *     nothing yet; or an error
     */
    private int takeOrTell(final ByteBuffer target, final int flags) {
        final int readable = readableOrTell();
        return readable > 0 ? take(life.connected(), target, flags, readable) : readable;
    }

    /**
     * @return the number of bytes that can be taken now; 0 at the end of the stream; -EAGAIN if there is nothing yet;
     *     or an error
     */
    private int readableOrTell() {
        final int connecting = life.connectDeferred();
        if (connecting != 0) {
            return connecting;
        }
        final TcpConnection connection = life.connection();
        if (connection == null) {
            return unconnected();
        }
        if (life.isHandshaking()) {
            return AGAIN;
        }
        final int readable = connection.readableBytes();
        if (readable > 0) {
            return readable;
        }
        // Received bytes are read before the connection's error, and so is the end of the stream.
        if (connection.isInputEnded()) {
            return 0;
        }
        final int error = life.takeError();
        if (error != 0) {
            return -error;
        }
        return life.isInputShut() || connection.state() == TcpState.CLOSED ? 0 : AGAIN;
    }

    /**
     * The result of a socket without a connection: the result of the last connection, or the end of a shut-down input.
     */
    private int unconnected() {
        final boolean listening = life.listener() != null;
        final int error = listening ? 0 : life.takeError();
        if (error != 0) {
            return -error;
        }
        return life.isInputShut() && !listening ? 0 : -SocketError.ENOTCONN.errno();
    }

    private int take(final TcpConnection connection, final ByteBuffer target, final int flags, final int readable) {
        if (MessageFlags.has(flags, MessageFlags.MSG_PEEK)) {
            return peek(connection, target, flags, readable);
        }
        if (MessageFlags.has(flags, MessageFlags.MSG_TRUNC)) {
            return discard(connection, target, readable);
        }
        if (Math.min(readable, target.remaining()) <= SMALL_READ) {
            return connection.read(target, false, socket.lock.now());
        }
        return takeOnLoan(connection, target);
    }

    /** Peeking with MSG_WAITALL waits until all bytes are there; bytes that were peeked stay in front. */
    private int peek(final TcpConnection connection, final ByteBuffer target, final int flags, final int readable) {
        final boolean wantsAll = MessageFlags.has(flags, MessageFlags.MSG_WAITALL) && socket.mayWait(flags);
        final boolean mayGrow = connection.state().canReceive() && !life.isInputShut();
        if (wantsAll && mayGrow && readable < target.remaining()) {
            return AGAIN;
        }
        return connection.read(target, true, socket.lock.now());
    }

    /**
     * tcp(7): MSG_TRUNC drops bytes. The target only gives their number. Ends at the urgent mark, as every read does.
     */
    private int discard(final TcpConnection connection, final ByteBuffer target, final int readable) {
        final int bytes = Math.min(readable, target.remaining());
        final ReadBatch batch = loan();
        int discarded = 0;
        while (discarded < bytes && (discarded == 0 || !connection.isAtUrgentMark())) {
            final int lent = connection.borrow(batch, bytes - discarded);
            connection.consume(batch, lent, socket.lock.now());
            discarded += lent;
        }
        target.position(target.position() + discarded);
        return discarded;
    }

    private int takeOnLoan(final TcpConnection connection, final ByteBuffer target) {
        final ReadBatch batch = loan();
        final int bytes = connection.borrow(batch, Math.min(target.remaining(), MAX_LOAN));
        copying = true;
        socket.lock.unlock();
        try {
            copyOut(batch, target);
        } finally {
            socket.lock.lock();
            copying = false;
            connection.consume(batch, bytes, socket.lock.now());
            // The protocol did not wake a reader that waited for this copy.
            socket.readable.wakeAll();
        }
        return bytes;
    }

    private int lendTo(final TcpConnection connection, final WritableByteChannel target) throws IOException {
        final ReadBatch batch = loan();
        connection.borrow(batch, MAX_LOAN);
        copying = true;
        socket.lock.unlock();
        int written = 0;
        try {
            for (int piece = 0; piece < batch.pieces(); piece++) {
                final int length = batch.length(piece);
                final ByteBuffer bytes = batch.region(piece).view(batch.offset(piece), length);
                written += target.write(bytes);
                if (bytes.hasRemaining()) {
                    break;
                }
            }
        } finally {
            socket.lock.lock();
            copying = false;
            connection.consume(batch, written, socket.lock.now());
            socket.readable.wakeAll();
        }
        return written > 0 ? written : AGAIN;
    }

    /** Called without the stack's lock. */
    private static void copyOut(final ReadBatch batch, final ByteBuffer target) {
        for (int piece = 0; piece < batch.pieces(); piece++) {
            final Region region = batch.region(piece);
            final int length = batch.length(piece);
            target.put(target.position(), region.bytes(), batch.offset(piece), length);
            target.position(target.position() + length);
        }
    }

    private ReadBatch loan() {
        ReadBatch batch = loan;
        if (batch == null) {
            batch = new ReadBatch();
            loan = batch;
        }
        return batch;
    }
}
