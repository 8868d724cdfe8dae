package io.tapstack.tcp;

import io.tapstack.error.SocketError;
import org.jspecify.annotations.Nullable;

/**
 * Joins two connections of one stack: each sends the data that the other receives, by reference and without a copy. The
 * FIN of one side is forwarded behind its data; a failure of one side resets the other. A connection can be joined to
 * itself: an echo.
 *
 * <p>Memory is bounded end to end: forwarded data counts against the target's send buffer until the target's peer
 * acknowledges it. When the buffer is full, data stays in the source's receive queue, which closes the source's window.
 *
 * <p>The splice owns the connections: no other code reads, writes or observes them. All methods are called under the
 * stack's lock.
 */
public interface TcpSplice {

    /**
     * Joins two connections of one stack, in any state: they may have received data, may have ended, or may not be
     * established yet. Forwarding begins with the stack's next poll.
     *
     * @param whenEnded runs when both directions have ended or one side has failed; see {@link #failure()}
     * @throws IllegalArgumentException if the connections belong to different stacks, whose memory must not mix
     */
    static TcpSplice join(final TcpConnection first, final TcpConnection second, final Runnable whenEnded) {
        return first.spliceWith(second, whenEnded);
    }

    /** Payload bytes forwarded from the first connection to the second one. */
    long forwardBytes();

    /** Payload bytes forwarded from the second connection to the first one; 0 if a connection is joined to itself. */
    long backBytes();

    /** True when both directions have ended or one side has failed. */
    boolean isEnded();

    /** The error of the side that failed, or null. */
    @Nullable
    SocketError failure();

    /**
     * Closes both connections. Forwarded data is still delivered; a connection with data that was not forwarded is
     * reset.
     */
    void close(long nowNanos);

    /** Resets both connections. */
    void abort(long nowNanos);
}
