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
 * <p>The splice owns the connections: nobody else reads, writes or observes them. The protocol's events only note that
 * there is something to do; it is done at the end of the stack's poll, when no connection is in the middle of anything.
 * Confined to whoever runs the stack.
 */
public final class TcpSplice {

    private final TcpProtocol protocol;
    private final Direction forward;
    private final @Nullable Direction back;
    private final Runnable whenEnded;
    private boolean queued;
    private boolean ended;
    private @Nullable SocketError failure;

    private TcpSplice(final TcpConnection first, final TcpConnection second, final Runnable whenEnded) {
        this.protocol = first.protocol;
        this.forward = new Direction(first, second);
        this.back = first == second ? null : new Direction(second, first);
        this.whenEnded = whenEnded;
        final ConnectionObserver events = new Events();
        first.observer(events);
        second.observer(events);
    }

    /**
     * Joins two connections of one stack, which may have received data or ended already, or may not be established yet.
     * Begins with the stack's next poll.
     *
     * @param whenEnded called when both directions have ended or one side has failed; see {@link #failure()}
     * @throws IllegalArgumentException if the connections belong to different stacks, whose memory must not mix
     */
    public static TcpSplice join(final TcpConnection first, final TcpConnection second, final Runnable whenEnded) {
        if (first.protocol != second.protocol) {
            throw new IllegalArgumentException("connections of two stacks");
        }
        final TcpSplice splice = new TcpSplice(first, second, whenEnded);
        splice.wanted();
        return splice;
    }

    /** Payload bytes that the first connection has received and the second one has taken over. */
    public long forwardBytes() {
        return forward.bytes;
    }

    /** Payload bytes of the other direction; 0 if a connection is joined to itself. */
    public long backBytes() {
        return back == null ? 0 : back.bytes;
    }

    /** True when nothing moves any more. */
    public boolean isEnded() {
        return ended;
    }

    /** Why a side failed, or null. */
    public @Nullable SocketError failure() {
        return failure;
    }

    /** Closes both connections: what was passed on is still delivered; whoever sent what was not gets a reset. */
    public void close(final long nowNanos) {
        if (!ended) {
            end(null, nowNanos);
        }
    }

    /** Resets both connections. */
    public void abort(final long nowNanos) {
        if (!ended) {
            end(SocketError.ECONNABORTED, nowNanos);
        }
    }

    private void wanted() {
        if (!queued && !ended) {
            queued = true;
            protocol.spliceWanted(this);
        }
    }

    /** Moves what can be moved now. */
    void move(final long nowNanos) {
        queued = false;
        if (ended) {
            return;
        }
        final SocketError error = forward.error();
        if (error != null) {
            end(error, nowNanos);
            return;
        }
        forward.move(nowNanos);
        if (back != null) {
            back.move(nowNanos);
        }
        if (forward.finPassed && (back == null || back.finPassed)) {
            end(null, nowNanos);
        }
    }

    private void end(final @Nullable SocketError reason, final long nowNanos) {
        ended = true;
        failure = reason;
        forward.end(reason != null, nowNanos);
        whenEnded.run();
    }

    /** One way. */
    private static final class Direction {

        private final TcpConnection from;
        private final TcpConnection to;
        private long bytes;
        private boolean finPassed;

        Direction(final TcpConnection from, final TcpConnection to) {
            this.from = from;
            this.to = to;
        }

        @Nullable
        SocketError error() {
            return from.error() != null ? from.error() : to.error();
        }

        void move(final long nowNanos) {
            int moved = 1;
            while (moved > 0 && from.readableBytes() > 0) {
                moved = from.pass(to, nowNanos);
                bytes += moved;
            }
            // RFC 9293 3.10.4: a CLOSE in SYN-SENT would give up the attempt to connect.
            if (!finPassed && from.isInputEnded() && to.state() != TcpState.SYN_SENT) {
                finPassed = true;
                to.shutdownOutput(nowNanos);
            }
        }

        /** Lets go of both connections: each finishes what it has to send, or is reset. */
        void end(final boolean reset, final long nowNanos) {
            from.observer(ConnectionObserver.NONE);
            to.observer(ConnectionObserver.NONE);
            if (reset) {
                from.abort(nowNanos);
                to.abort(nowNanos);
            } else {
                from.close(nowNanos);
                to.close(nowNanos);
            }
        }
    }

    private final class Events implements ConnectionObserver {

        @Override
        public void connected() {
            wanted();
        }

        @Override
        public void readable() {
            wanted();
        }

        @Override
        public void writable() {
            wanted();
        }

        @Override
        public void closed() {
            wanted();
        }
    }
}
