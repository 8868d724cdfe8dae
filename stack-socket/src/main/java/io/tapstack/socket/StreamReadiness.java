package io.tapstack.socket;

import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * The {@code poll(2)} events of a stream socket: a transcription of Linux's {@code tcp_poll}. Used with the stack's
 * lock held.
 */
final class StreamReadiness {

    private StreamReadiness() {}

    static int of(final TcpListener listener) {
        return listener.pending() > 0 ? PollEvents.READABLE : 0;
    }

    /**
     * @param connection null if there is none yet
     * @param errorPending true if the connection's error was not reported yet
     * @param receiveLowWater SO_RCVLOWAT
     */
    static int of(
            final @Nullable TcpConnection connection,
            final boolean inputShut,
            final boolean errorPending,
            final int receiveLowWater) {
        if (connection == null) {
            return PollEvents.POLLHUP
                    | PollEvents.WRITABLE
                    | (errorPending ? PollEvents.POLLERR : 0)
                    | (inputShut ? PollEvents.READABLE | PollEvents.POLLRDHUP : 0);
        }
        final TcpState state = connection.state();
        if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
            return 0;
        }
        final boolean inputEnded = inputShut || !state.canReceive();
        final boolean outputEnded = !state.canSend();
        int events = errorPending ? PollEvents.POLLERR : 0;
        if (inputEnded) {
            events |= PollEvents.READABLE | PollEvents.POLLRDHUP;
        } else if (isReadable(connection, receiveLowWater)) {
            events |= PollEvents.READABLE;
        }
        if (connection.hasUrgentByte()) {
            events |= PollEvents.POLLPRI;
        }
        if (inputEnded && outputEnded) {
            events |= PollEvents.POLLHUP;
        }
        if (outputEnded || connection.isWritable()) {
            events |= PollEvents.WRITABLE;
        } else {
            connection.wakeWriter(); // The observer is told of room from now on.
        }
        return events;
    }

    /** True if the requested number of bytes is there, or the largest number possible. */
    private static boolean isReadable(final TcpConnection connection, final int receiveLowWater) {
        final int readable = connection.readableBytes();
        return readable >= receiveLowWater || readable > 0 && connection.isReceiveWindowClosing();
    }
}
