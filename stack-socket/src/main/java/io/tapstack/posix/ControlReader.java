package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.SentMessage;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StackSocket;
import java.nio.ByteBuffer;

/** Reads the control messages of {@code sendmsg(2)} ({@code cmsg(3)}). */
final class ControlReader {

    private static final int HEADER_BYTES = 16;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;

    private ControlReader() {}

    /** @return 0, or a negative errno for a message that the socket does not accept */
    static int read(final StackSocket socket, final ByteBuffer control, final SentMessage message) {
        while (control.remaining() >= HEADER_BYTES) {
            final int start = control.position();
            final long length = control.getLong();
            final int level = control.getInt();
            final int type = control.getInt();
            if (length < HEADER_BYTES || length > control.limit() - start) {
                return -SocketError.EINVAL.errno();
            }
            final boolean stamps = level == SocketOptions.SOL_SOCKET
                    && (type == SocketOptions.SO_TIMESTAMPING || type == SocketOptions.SO_TIMESTAMPING_NEW);
            final int result = stamps ? takeStamps(control, length - HEADER_BYTES, message) : take(socket, level, type);
            if (result != 0) {
                return result;
            }
            control.position(Math.min(start + ControlWriter.aligned((int) length), control.limit()));
        }
        return 0;
    }

    /** Only the flags of a send; the option decides how the times are reported. */
    private static int takeStamps(final ByteBuffer control, final long length, final SentMessage message) {
        if (length != Integer.BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final int flags = control.getInt();
        if ((flags & ~SentMessage.STAMPS) != 0) {
            return -SocketError.EINVAL.errno();
        }
        message.stamps(flags);
        return 0;
    }

    /** As on Linux, a message of another level is ignored. */
    private static int take(final StackSocket socket, final int level, final int type) {
        return switch (level) {
            // unix(7): they have no meaning here.
            case SocketOptions.SOL_SOCKET ->
                type == SCM_RIGHTS || type == SCM_CREDENTIALS ? 0 : -SocketError.EINVAL.errno();
            case SocketOptions.IPPROTO_IP -> socket instanceof DatagramSocket ? -SocketError.EINVAL.errno() : 0;
            default -> 0;
        };
    }
}
