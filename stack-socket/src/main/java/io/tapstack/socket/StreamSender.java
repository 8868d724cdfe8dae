package io.tapstack.socket;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.ip.SocketError;
import io.tapstack.tcp.TcpConnection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link StreamSocket}: {@code send(2)} and {@code sendFile}.
 *
 * <p>A small write is copied into the send queue inside the door, in one visit. A large one takes blocks of the pool, copies into them
 * outside, where the stack goes on meanwhile, and then appends the blocks to the queue by reference. While one thread copies outside,
 * {@link #copying} keeps other writers waiting, so that bytes of one write are not mixed with those of another.
 */
final class StreamSender {

    /** Up to here a copy costs less than a second visit. */
    private static final int SMALL_WRITE = 4_096;

    /** Most blocks that are filled at a time: the first bytes of a large write should not wait for the last. */
    private static final int MAX_BLOCKS = 16;

    private static final int AGAIN = -SocketError.EAGAIN.errno();

    private final StreamSocket socket;
    private boolean copying;

    // Made at the first large write.
    private Region @Nullable [] blocks;

    StreamSender(final StreamSocket socket) {
        this.socket = socket;
    }

    int send(final ByteBuffer data, final int flags) {
        final int wanted = data.remaining();
        socket.door.enter();
        try {
            final long deadline = socket.sendDeadline();
            int result = socket.unusable();
            while (result == 0) {
                result = copying ? AGAIN : refusal();
                if (result == 0 && data.hasRemaining()) {
                    result = append(data, flags);
                } else if (result == 0) {
                    break;
                }
                if (result > 0) {
                    result = 0;
                } else if (result == AGAIN && (copying || socket.mayWait(flags))) {
                    result = socket.await(socket.writable, deadline);
                }
            }
            // As Linux does: an error after some bytes were taken waits for the next call.
            final int taken = wanted - data.remaining();
            return taken > 0 ? taken : result;
        } finally {
            socket.door.exit();
        }
    }

    long sendFile(final MappedFile file, final long position, final long count, final int flags) {
        if (position < 0 || count < 0) {
            return -SocketError.EINVAL.errno();
        }
        final long end = Math.min(position + Math.min(count, Long.MAX_VALUE - position), Math.min(file.size(), file.sizeNow()));
        socket.door.enter();
        try {
            final long deadline = socket.sendDeadline();
            long at = position;
            long result = socket.unusable();
            while (result == 0) {
                result = copying ? AGAIN : refusal();
                if (result == 0 && at < end) {
                    result = append(file, at, end, flags);
                } else if (result == 0) {
                    break;
                }
                if (result > 0) {
                    at += result;
                    result = 0;
                } else if (result == AGAIN && (copying || socket.mayWait(flags))) {
                    result = socket.await(socket.writable, deadline);
                }
            }
            return at > position ? at - position : result;
        } finally {
            socket.door.exit();
        }
    }

    /** Why nothing can be sent, as a negative errno; 0 if it can. */
    private int refusal() {
        final TcpConnection connection = socket.connection();
        if (connection != null && socket.isHandshaking()) {
            return AGAIN;
        }
        final int error = socket.takeError();
        if (error != 0) {
            return -error;
        }
        final boolean open = connection != null && !socket.isOutputShut() && connection.state().canSend();
        return open ? 0 : -SocketError.EPIPE.errno();
    }

    /** @return how many bytes were taken, or -EAGAIN if there is no room, or another error */
    private int append(final ByteBuffer data, final int flags) {
        final TcpConnection connection = connection();
        final int room = connection.writableBytes();
        if (room <= 0) {
            return AGAIN;
        }
        final int length = Math.min(room, data.remaining());
        if (length <= SMALL_WRITE) {
            final boolean more = length < data.remaining() || MessageFlags.has(flags, MessageFlags.MSG_MORE);
            return connection.write(data, length, more, socket.door.now());
        }
        return appendBlocks(connection, data, length, flags);
    }

    private int appendBlocks(
            final TcpConnection connection, final ByteBuffer data, final int room, final int flags) {
        final Region[] filled = blocks();
        final int length = Math.min(room, MAX_BLOCKS * BufferPool.BLOCK);
        final int count = (length + BufferPool.BLOCK - 1) / BufferPool.BLOCK;
        for (int i = 0; i < count; i++) {
            filled[i] = socket.layer.stack().pool().region(BufferPool.BLOCK);
        }
        copying = true;
        boolean copied = false;
        socket.door.exit();
        try {
            copyIn(data, length, filled);
            copied = true;
        } finally {
            socket.door.enter();
            copying = false;
            // A writer that had to wait for this copy was not woken by the protocol.
            socket.writable.wakeAll();
            if (!copied) {
                release(filled, count);
            }
        }
        // Much may have happened outside: a reset, a shutdown, a close.
        int result = socket.unusable();
        if (result == 0) {
            result = refusal();
        }
        if (result == 0) {
            final boolean more = length < data.remaining() || MessageFlags.has(flags, MessageFlags.MSG_MORE);
            write(connection, filled, length, more);
            data.position(data.position() + length);
            result = length;
        }
        release(filled, count);
        return result;
    }

    private void write(final TcpConnection connection, final Region[] filled, final int length, final boolean more) {
        final long now = socket.door.now();
        for (int i = 0, left = length; left > 0; i++) {
            final int part = Math.min(left, BufferPool.BLOCK);
            left -= part;
            connection.write(filled[i], 0, part, more || left > 0, now);
        }
    }

    /** Outside the door. */
    private static void copyIn(final ByteBuffer data, final int length, final Region[] filled) {
        for (int i = 0, copied = 0; copied < length; i++) {
            final int part = Math.min(length - copied, BufferPool.BLOCK);
            filled[i].bytes().put(0, data, data.position() + copied, part);
            copied += part;
        }
    }

    @SuppressWarnings("NullAway") // A cleared element is never read before it is set again.
    private static void release(final Region[] filled, final int count) {
        for (int i = 0; i < count; i++) {
            filled[i].release();
            filled[i] = null;
        }
    }

    private long append(final MappedFile file, final long at, final long end, final int flags) {
        final TcpConnection connection = connection();
        final int room = connection.writableBytes();
        if (room <= 0) {
            return AGAIN;
        }
        final MappedRegion region = file.region(at);
        final int offset = file.offsetInRegion(at);
        final int length = (int) Math.min(Math.min(room, end - at), region.capacity() - offset);
        final boolean more = at + length < end || MessageFlags.has(flags, MessageFlags.MSG_MORE);
        connection.write(region, offset, length, more, socket.door.now());
        region.release();
        return length;
    }

    private TcpConnection connection() {
        final TcpConnection connection = socket.connection();
        if (connection == null) {
            throw new IllegalStateException("not connected");
        }
        return connection;
    }

    private Region[] blocks() {
        Region[] made = blocks;
        if (made == null) {
            made = new Region[MAX_BLOCKS];
            blocks = made;
        }
        return made;
    }
}
