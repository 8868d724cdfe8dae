package io.tapstack.tcp;

import io.tapstack.error.SocketError;
import org.jspecify.annotations.Nullable;

/**
 * Two connections of one stack that are joined: what one receives the other sends, by reference, so that no byte is
 * touched on its way. Both directions go on at once. The end of one side's data (FIN) is passed on behind the data; if
 * one side fails, the other one is reset. A connection can be joined to itself: an echo.
 *
 * <p>Memory is bounded end to end: what the target's peer has not acknowledged counts against the target's send buffer,
 * and when that is full the rest stays in the source's receive queue, which closes the source's window.
 *
 * <p>The splice owns the connections: nobody else reads, writes or observes them. Confined to whoever runs the stack.
 */
public interface TcpSplice {

    /**
     * Joins two connections of one stack, which may have received data or ended already, or may not be established yet.
     * Begins with the stack's next poll.
     *
     * @param whenEnded called when both directions have ended or one side has failed; see {@link #failure()}
     * @throws IllegalArgumentException if the connections belong to different stacks, whose memory must not mix
     */
    static TcpSplice join(final TcpConnection first, final TcpConnection second, final Runnable whenEnded) {
        return first.spliceWith(second, whenEnded);
    }

    /** Payload bytes that the first connection has received and the second one has taken over. */
    long forwardBytes();

    /** Payload bytes of the other direction; 0 if a connection is joined to itself. */
    long backBytes();

    /** True when nothing moves any more. */
    boolean isEnded();

    /** Why a side failed, or null. */
    @Nullable
    SocketError failure();

    /** Closes both connections: what was passed on is still delivered; whoever sent what was not gets a reset. */
    void close(long nowNanos);

    /** Resets both connections. */
    void abort(long nowNanos);
}
