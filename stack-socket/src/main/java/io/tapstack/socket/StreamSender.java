package io.tapstack.socket;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link StreamSocket}: {@code send(2)} and {@code sendFile}.
 *
 * <p>A small write is copied into the send queue with the stack's lock held. A large one takes blocks of the pool,
 * copies into them without the lock, while the stack goes on, and then appends the blocks to the queue by reference.
 * Meanwhile {@link #copying} keeps other writers waiting, so that its bytes are not overtaken.
 */
final class StreamSender {

    /** Largest write whose copy costs less than taking the lock a second time. */
    private static final int SMALL_WRITE = 4_096;

    /** Most blocks filled at a time: the first bytes of a large write should not wait for the last. */
    private static final int MAX_BLOCKS = 16;

    /** A read of a file: one system call, whose bytes one super-segment gathers while they are in the cache. */
    private static final int FILE_BLOCK = 65_536;

    /** Most bytes of a file that are read before they are appended. */
    private static final int FILE_PIECE = 2 * FILE_BLOCK;

    private static final int AGAIN = -SocketError.EAGAIN.errno();

    private final StreamSocket socket;
    private final StreamLife life;
    private final StreamOptions options;
    private boolean copying;

    // Most blocks that the next read of a channel fills.
    private int channelBlocks = 1;

    // Made at the first large write.
    private Region @Nullable [] blocks;

    // Made at the first send with MSG_ZEROCOPY.
    private @Nullable ZeroCopySends zeroCopySends;

    StreamSender(final StreamSocket socket, final StreamLife life, final StreamOptions options) {
        this.socket = socket;
        this.life = life;
        this.options = options;
    }

    int send(final ByteBuffer data, final int flags) {
        return send(data, flags, null, SentMessage.PLAIN);
    }

    /** @param remote the destination of MSG_FASTOPEN */
    int send(final ByteBuffer data, final int flags, final @Nullable Endpoint remote, final SentMessage message) {
        final int wanted = data.remaining();
        ZeroCopySends.Call call = null;
        socket.lock.lock();
        try {
            int result = socket.unusable();
            if (result == 0 && wanted > 0 && isZeroCopy(flags)) {
                call = zeroCopySends().begin();
                result = call == null ? -SocketError.ENOBUFS.errno() : 0;
            }
            if (result == 0 && (MessageFlags.has(flags, MessageFlags.MSG_FASTOPEN) || life.isDeferred())) {
                result = connectWith(data, flags, remote);
                if (call != null && data.remaining() < wanted) {
                    call.copied(); // into the SYN
                }
                if (result < 0) {
                    final boolean begun = result == -SocketError.EINPROGRESS.errno();
                    return begun && data.remaining() < wanted ? wanted - data.remaining() : told(result);
                }
            }
            final long deadline = socket.sendDeadline();
            while (result == 0) {
                final boolean allTaken = wanted > 0 && !data.hasRemaining();
                result = copying ? AGAIN : allTaken ? 0 : refusal();
                if (result == 0) {
                    if (!data.hasRemaining()) {
                        break;
                    }
                    final int stamps = options.stamps.requested(message);
                    result = call == null ? append(data, flags, stamps) : lend(call, data, flags, stamps);
                }
                result = result == AGAIN ? awaitRoom(flags, deadline) : Math.min(result, 0);
            }
            final int taken = wanted - data.remaining();
            return taken > 0 ? endPartly(taken, result, flags) : told(result);
        } finally {
            if (call != null) {
                call.end();
            }
            socket.lock.unlock();
        }
    }

    private boolean isZeroCopy(final int flags) {
        return MessageFlags.has(flags, MessageFlags.MSG_ZEROCOPY) && options.zeroCopy;
    }

    private ZeroCopySends zeroCopySends() {
        ZeroCopySends sends = zeroCopySends;
        if (sends == null) {
            sends = new ZeroCopySends(life.errors(), socket.host.stack().pool());
            zeroCopySends = sends;
        }
        return sends;
    }

    private int connectWith(final ByteBuffer data, final int flags, final @Nullable Endpoint remote) {
        try {
            return life.connectWith(data, flags, remote);
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        }
    }

    long sendFile(final MappedFile file, final long position, final long count, final int flags) {
        if (position < 0 || count < 0) {
            return -SocketError.EINVAL.errno();
        }
        // A file that has grown is mapped up to its old size only.
        final long size = Math.min(file.size(), file.sizeNow());
        final long end = count < size - position ? position + count : Math.max(position, size);
        MappedRegion region = null;
        socket.lock.lock();
        try {
            final long deadline = socket.sendDeadline();
            long at = position;
            int result = socket.unusable();
            while (result == 0) {
                result = copying ? AGAIN : refusal();
                if (result == 0) {
                    if (at == end) {
                        break;
                    }
                    region = regionAt(file, at, region);
                    result = append(region, at, end, flags);
                    at += Math.max(result, 0);
                }
                result = result == AGAIN ? awaitRoom(flags, deadline) : Math.min(result, 0);
            }
            return at > position ? endPartly(at - position, result, flags) : told(result);
        } finally {
            if (region != null) {
                region.release();
            }
            socket.lock.unlock();
        }
    }

    // ---- A copy of a file

    /** See {@link StreamSocket#sendCopy}. */
    long sendCopy(final MappedFile file, final long position, final long count, final int flags) throws IOException {
        if (position < 0 || count < 0) {
            return -SocketError.EINVAL.errno();
        }
        socket.lock.lock();
        try {
            final long deadline = socket.sendDeadline();
            long taken = 0;
            int result = socket.unusable();
            while (result == 0 && taken < count) {
                result = copying ? AGAIN : refusal();
                if (result == 0) {
                    result = fill(file, position + taken, count - taken, flags);
                    if (result == 0) {
                        break; // the end of the file
                    }
                    taken += Math.max(result, 0);
                }
                result = result == AGAIN ? awaitRoom(flags, deadline) : Math.min(result, 0);
            }
            if (taken > 0) {
                return taken == count ? taken : endPartly(taken, AGAIN, flags);
            }
            return told(result);
        } finally {
            socket.lock.unlock();
        }
    }

    /**
     * Reads a piece of a file into the pool's memory, without the stack's lock, and appends it.
     *
     * @return the number of bytes; 0 at the end of the file; -EAGAIN if there is no room, or another error
     */
    private int fill(final MappedFile file, final long position, final long wanted, final int flags)
            throws IOException {
        final int room = life.connected().writableBytes();
        if (room <= 0) {
            life.connected().wakeWriter();
            return AGAIN;
        }
        final int limit = (int) Math.min(Math.min(room, FILE_PIECE), wanted);
        final int unit = limit >= FILE_BLOCK ? FILE_BLOCK : BufferPool.BLOCK;
        final Region[] filled = takeRegions(limit, unit);
        copying = true;
        socket.lock.unlock();
        int count = 0;
        try {
            count = read(file, position, filled, limit, unit);
        } finally {
            socket.lock.lock();
            copying = false;
            socket.writable.wakeAll();
            if (count <= 0) {
                release(filled, limit, unit);
            }
        }
        if (count <= 0) {
            return 0;
        }
        int result = socket.unusable();
        result = result == 0 ? refusal() : result;
        if (result == 0) {
            for (int i = 0, left = count; left > 0; i++, left -= unit) {
                life.connected().append(filled[i], 0, Math.min(left, unit));
            }
            life.connected().push(count < wanted || MessageFlags.has(flags, MessageFlags.MSG_MORE), socket.lock.now());
            socket.lock.drive();
            result = count;
        }
        release(filled, limit, unit);
        return result;
    }

    /** Called without the stack's lock. */
    private static int read(
            final MappedFile file, final long position, final Region[] into, final int limit, final int unit)
            throws IOException {
        int count = 0;
        while (count < limit) {
            final int offset = count % unit;
            final Region region = into[count / unit];
            final int read = file.read(region.view(offset, Math.min(limit - count, unit - offset)), position + count);
            if (read <= 0) {
                break;
            }
            count += read;
        }
        return count;
    }

    /** Returns {@code result} to the caller, and marks it as reported if it is the connection's error. */
    private int told(final int result) {
        if (result < 0 && result == -life.pendingErrno()) {
            life.takeError();
        }
        return result;
    }

    /** The reason why nothing can be sent, as a negative errno; 0 if it can. */
    private int refusal() {
        final int connecting = life.connectDeferred();
        if (connecting != 0) {
            return connecting;
        }
        final TcpConnection connection = life.connection();
        if (connection != null && life.isHandshaking()) {
            return AGAIN;
        }
        final int error = life.pendingErrno();
        if (error != 0) {
            return -error;
        }
        final boolean open =
                connection != null && !life.isOutputShut() && connection.state().canSend();
        return open ? 0 : -SocketError.EPIPE.errno();
    }

    /** Waits for room, for the handshake, or for another writer's copy, for which even a non-blocking call waits. */
    private int awaitRoom(final int flags, final long deadline) {
        life.writerWaits(flags);
        return copying || socket.mayWait(flags) ? socket.await(socket.writable, deadline) : AGAIN;
    }

    /**
     * Ends a call that took some bytes. As on Linux, the next call reports an error; but a segment that was held back
     * for the rest of this write must not wait any longer.
     */
    private long endPartly(final long taken, final int result, final int flags) {
        if (result != 0 && socket.unusable() == 0) {
            life.connected().push(MessageFlags.has(flags, MessageFlags.MSG_MORE), socket.lock.now());
        }
        return taken;
    }

    private int endPartly(final int taken, final int result, final int flags) {
        return (int) endPartly((long) taken, result, flags);
    }

    // ---- Bytes of the application

    /** @return the number of bytes taken, or -EAGAIN if there is no room, or another error */
    private int append(final ByteBuffer data, final int flags, final int stamps) {
        final TcpConnection connection = life.connected();
        final int room = connection.writableBytes();
        if (room <= 0) {
            connection.wakeWriter();
            return AGAIN;
        }
        final int length = Math.min(room, data.remaining());
        if (MessageFlags.has(flags, MessageFlags.MSG_OOB) && length == data.remaining()) {
            connection.markUrgent(length);
        }
        if (length <= SMALL_WRITE) {
            endRecord(connection, data, length, length, flags);
            stamp(connection, length, length == data.remaining() || length == room && !socket.mayWait(flags), stamps);
            return connection.write(data, length, isMoreToCome(data, length, flags), socket.lock.now());
        }
        return appendBlocks(connection, data, Math.min(length, MAX_BLOCKS * BufferPool.BLOCK), flags, stamps);
    }

    /** The same for a send with MSG_ZEROCOPY, by reference where possible. */
    private int lend(final ZeroCopySends.Call call, final ByteBuffer data, final int flags, final int stamps) {
        final TcpConnection connection = life.connected();
        final int room = connection.writableBytes();
        if (room <= 0) {
            connection.wakeWriter();
            return AGAIN;
        }
        final int length = Math.min(Math.min(room, data.remaining()), MAX_BLOCKS * BufferPool.BLOCK);
        final boolean more = isMoreToCome(data, length, flags);
        stamp(connection, length, length == data.remaining() || length == room && !socket.mayWait(flags), stamps);
        endRecord(connection, data, length, length, flags);
        call.append(connection, data, length);
        connection.push(more, socket.lock.now());
        socket.lock.drive();
        return length;
    }

    /**
     * Stamps the last of the next {@code length} bytes, if it is the last one of the call: all are taken, or there is
     * no room for more and the call may not wait.
     */
    private void stamp(final TcpConnection connection, final int length, final boolean last, final int stamps) {
        if (stamps != 0 && last) {
            connection.stampWrite(length, stamps, life.errors());
        }
    }

    private int appendBlocks(
            final TcpConnection connection,
            final ByteBuffer data,
            final int length,
            final int flags,
            final int stamps) {
        final Region[] filled = takeBlocks(length);
        copying = true;
        boolean copied = false;
        socket.lock.unlock();
        try {
            copyIn(data, length, filled);
            copied = true;
        } finally {
            socket.lock.lock();
            copying = false;
            // The protocol did not wake a writer that waited for this copy.
            socket.writable.wakeAll();
            if (!copied) {
                release(filled, length);
            }
        }
        // Without the lock there may have been a reset, a shutdown, or a close.
        int result = socket.unusable();
        if (result == 0) {
            result = refusal();
        }
        if (result == 0) {
            stamp(connection, length, length == data.remaining(), stamps);
            appendFilled(filled, length);
            endRecord(connection, data, length, 0, flags);
            connection.push(isMoreToCome(data, length, flags), socket.lock.now());
            socket.lock.drive();
            data.position(data.position() + length);
            result = length;
        }
        release(filled, length);
        return result;
    }

    /**
     * Ends a record (MSG_EOR) if the last of {@code data} is among the next {@code length} bytes; {@code ahead} of them
     * are not in the queue yet.
     */
    private static void endRecord(
            final TcpConnection connection, final ByteBuffer data, final int length, final int ahead, final int flags) {
        if (MessageFlags.has(flags, MessageFlags.MSG_EOR) && length == data.remaining()) {
            connection.endRecord(ahead);
        }
    }

    private boolean isMoreToCome(final ByteBuffer data, final int length, final int flags) {
        return length < data.remaining() || MessageFlags.has(flags, MessageFlags.MSG_MORE);
    }

    private Region[] takeBlocks(final int length) {
        return takeRegions(length, BufferPool.BLOCK);
    }

    /** @param unit size of each */
    private Region[] takeRegions(final int length, final int unit) {
        Region[] taken = blocks;
        if (taken == null) {
            taken = new Region[MAX_BLOCKS];
            blocks = taken;
        }
        for (int i = 0; i * unit < length; i++) {
            taken[i] = socket.host.stack().pool().region(unit);
        }
        return taken;
    }

    /** Called without the stack's lock. */
    private static void copyIn(final ByteBuffer data, final int length, final Region[] filled) {
        for (int i = 0, copied = 0; copied < length; i++) {
            final int part = Math.min(length - copied, BufferPool.BLOCK);
            filled[i].bytes().put(0, data, data.position() + copied, part);
            copied += part;
        }
    }

    private static void release(final Region[] filled, final int length) {
        release(filled, length, BufferPool.BLOCK);
    }

    @SuppressWarnings("NullAway") // A cleared element is never read before it is set again.
    private static void release(final Region[] filled, final int length, final int unit) {
        for (int i = 0; i * unit < length; i++) {
            filled[i].release();
            filled[i] = null;
        }
    }

    // The region over the chunk that holds the byte {@code at}: the current one, or a new one in its place.

    /** The region over the chunk that holds the byte {@code at}: the one at hand, or a new one instead of it. */
    private static MappedRegion regionAt(final MappedFile file, final long at, final @Nullable MappedRegion atHand) {
        if (atHand != null && at < atHand.start() + atHand.capacity()) {
            return atHand;
        }
        final MappedRegion next = file.region(at);
        if (atHand != null) {
            atHand.release();
        }
        return next;
    }

    private int append(final MappedRegion region, final long at, final long end, final int flags) {
        final TcpConnection connection = life.connected();
        final int room = connection.writableSharedBytes();
        if (room <= 0) {
            connection.wakeWriter();
            return AGAIN;
        }
        final int offset = (int) (at - region.start());
        final int length = (int) Math.min(Math.min(room, region.capacity() - offset), end - at);
        final boolean more = at + length < end || MessageFlags.has(flags, MessageFlags.MSG_MORE);
        connection.append(region, offset, length);
        connection.push(more, socket.lock.now());
        socket.lock.drive();
        return length;
    }

    // ---- Bytes of a channel

    /** See {@link StreamSocket#sendFrom}. */
    int sendFrom(final ScatteringByteChannel source, final int flags) throws IOException {
        socket.lock.lock();
        try {
            final long deadline = socket.sendDeadline();
            int result = socket.unusable();
            while (result == 0) {
                result = copying ? AGAIN : refusal();
                if (result == 0) {
                    final int room = life.connected().writableBytes();
                    if (room > 0) {
                        return fill(source, Math.min(room, channelBlocks * BufferPool.BLOCK), flags);
                    }
                    life.connected().wakeWriter();
                    result = AGAIN;
                }
                result = result == AGAIN ? awaitRoom(flags, deadline) : result;
            }
            return told(result);
        } finally {
            socket.lock.unlock();
        }
    }

    /** Reads up to {@code limit} bytes into blocks, without the stack's lock, and appends them. */
    private int fill(final ScatteringByteChannel source, final int limit, final int flags) throws IOException {
        final Region[] filled = takeBlocks(limit);
        copying = true;
        socket.lock.unlock();
        int count = 0;
        try {
            count = (int) source.read(views(filled, limit));
        } finally {
            socket.lock.lock();
            copying = false;
            socket.writable.wakeAll();
            if (count <= 0) {
                release(filled, limit);
            }
        }
        if (count <= 0) {
            return count < 0 ? 0 : AGAIN;
        }
        // As with a receive buffer, a fast channel gets more room, and an idle one holds one block.
        channelBlocks = count == limit ? Math.min(MAX_BLOCKS, 2 * channelBlocks) : 1 + count / BufferPool.BLOCK;
        int result = socket.unusable();
        result = result == 0 ? refusal() : result;
        if (result == 0) {
            appendFilled(filled, count);
            life.connected().push(MessageFlags.has(flags, MessageFlags.MSG_MORE), socket.lock.now());
            result = count;
        }
        release(filled, limit);
        return result;
    }

    private static ByteBuffer[] views(final Region[] blocks, final int limit) {
        final ByteBuffer[] views = new ByteBuffer[(limit + BufferPool.BLOCK - 1) / BufferPool.BLOCK];
        for (int i = 0, left = limit; i < views.length; i++, left -= BufferPool.BLOCK) {
            views[i] = blocks[i].view(0, Math.min(left, BufferPool.BLOCK));
        }
        return views;
    }

    private void appendFilled(final Region[] filled, final int length) {
        for (int i = 0, left = length; left > 0; i++) {
            life.connected().append(filled[i], 0, Math.min(left, BufferPool.BLOCK));
            left -= BufferPool.BLOCK;
        }
    }
}
