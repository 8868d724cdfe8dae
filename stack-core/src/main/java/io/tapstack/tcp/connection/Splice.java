package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpSplice;
import io.tapstack.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * Moves data between two joined connections. An event of a connection only requests a move; the move is at the end of
 * the stack's poll, when no connection is processing a segment.
 */
final class Splice implements TcpSplice, ConnectionHost.EndOfPoll {

    private final ConnectionHost host;
    private final Direction forward;
    private final @Nullable Direction back;
    private final Runnable whenEnded;
    private boolean queued;
    private boolean ended;
    private @Nullable SocketError failure;

    private Splice(
            final ConnectionHost host, final Connection first, final Connection second, final Runnable whenEnded) {
        this.host = host;
        this.forward = new Direction(first, second);
        this.back = first == second ? null : new Direction(second, first);
        this.whenEnded = whenEnded;
        final ConnectionObserver events = new Events();
        first.observer(events);
        second.observer(events);
    }

    /** @see TcpSplice#join */
    static TcpSplice join(final Connection first, final Connection second, final Runnable whenEnded) {
        if (first.host != second.host) {
            throw new IllegalArgumentException("connections of two stacks");
        }
        final Splice splice = new Splice(first.host, first, second, whenEnded);
        splice.wanted();
        return splice;
    }

    @Override
    public long forwardBytes() {
        return forward.bytes;
    }

    @Override
    public long backBytes() {
        return back == null ? 0 : back.bytes;
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public @Nullable SocketError failure() {
        return failure;
    }

    @Override
    public void close(final long nowNanos) {
        if (!ended) {
            end(null, nowNanos);
        }
    }

    @Override
    public void abort(final long nowNanos) {
        if (!ended) {
            end(SocketError.ECONNABORTED, nowNanos);
        }
    }

    private void wanted() {
        if (!queued && !ended) {
            queued = true;
            host.atEndOfPoll(this);
        }
    }

    /** Moves all data that can be moved now. */
    @Override
    public void atEndOfPoll(final long nowNanos) {
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

    /** One direction. */
    private static final class Direction {

        private final Connection from;
        private final Connection to;
        private long bytes;
        private boolean finPassed;

        Direction(final Connection from, final Connection to) {
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
            // RFC 9293 3.10.4: a CLOSE in SYN-SENT would abandon the connect.
            if (!finPassed && from.isInputEnded() && to.state() != TcpState.SYN_SENT) {
                finPassed = true;
                to.shutdownOutput(nowNanos);
            }
        }

        /** Closes both connections after their data, or resets them. */
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
