package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.stack.StackLock;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpSplice;
import org.jspecify.annotations.Nullable;

/**
 * Joins two connected sockets of one stack, as a proxy does: each sends the bytes that the other receives, until both
 * directions have ended. Bytes move by reference, without a copy and without a thread; see {@link TcpSplice}. Linux's
 * {@code splice(2)} between sockets is similar.
 *
 * <p>Any thread may call.
 */
public final class Splice {

    private final StackLock lock;
    private final TcpSplice connections;

    private Splice(final StackLock lock, final TcpSplice connections) {
        this.lock = lock;
        this.connections = connections;
    }

    /**
     * Joins two sockets, or a socket to itself. The sockets are closed to other users from now on: calls return
     * {@code -EBADF}.
     *
     * @param whenEnded called once, with the stack's lock held: it must not wait, only note the end or wake a thread
     * @throws SocketErrorException ENOTCONN if one is not connected (any more), EBADF if one is closed, EINVAL if they
     *     belong to different stacks, EPIPE if the output of one was shut down, EAGAIN while another thread takes bytes
     *     out of one; then both stay as they are
     */
    public static Splice join(final StreamSocket first, final StreamSocket second, final Runnable whenEnded)
            throws SocketErrorException {
        if (first.host != second.host) {
            throw new SocketErrorException(SocketError.EINVAL, "splice");
        }
        final StackLock lock = first.lock;
        lock.lock();
        try {
            first.requireJoinable("splice");
            second.requireJoinable("splice");
            final TcpConnection one = first.handOver();
            final TcpConnection other = first == second ? one : second.handOver();
            return new Splice(lock, TcpSplice.join(one, other, whenEnded));
        } finally {
            lock.unlock();
        }
    }

    /** Bytes from the first socket to the second. */
    public long forwardBytes() {
        lock.lock();
        try {
            return connections.forwardBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes from the second socket to the first. */
    public long backBytes() {
        lock.lock();
        try {
            return connections.backBytes();
        } finally {
            lock.unlock();
        }
    }

    /** True when both directions have ended, or a side has failed. */
    public boolean isEnded() {
        lock.lock();
        try {
            return connections.isEnded();
        } finally {
            lock.unlock();
        }
    }

    /** The error that ended it, or null. */
    public @Nullable SocketError failure() {
        lock.lock();
        try {
            return connections.failure();
        } finally {
            lock.unlock();
        }
    }

    /** Closes both connections; bytes that were passed on are still delivered. Does nothing if it has ended. */
    public void close() {
        lock.lock();
        try {
            connections.close(lock.now());
        } finally {
            lock.unlock();
        }
    }

    /** Resets both connections. Does nothing if it has ended. */
    public void abort() {
        lock.lock();
        try {
            connections.abort(lock.now());
        } finally {
            lock.unlock();
        }
    }
}
