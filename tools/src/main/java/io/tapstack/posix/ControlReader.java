package io.tapstack.posix;

import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StackSocket;
import java.nio.ByteBuffer;

/** Reads the control messages of {@code sendmsg(2)} ({@code cmsg(3)}). */
final class ControlReader {

    private static final int HEADER_BYTES = 16;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;

    private ControlReader() {}

    /** @return 0, or a negative errno for what the socket does not take */
    static int read(final StackSocket socket, final ByteBuffer control) {
        while (control.remaining() >= HEADER_BYTES) {
            final int start = control.position();
            final long length = control.getLong();
            final int level = control.getInt();
            final int type = control.getInt();
            if (length < HEADER_BYTES || length > control.limit() - start) {
                return -LinuxErrno.EINVAL;
            }
            final int result = take(socket, level, type);
            if (result != 0) {
                return result;
            }
            control.position(Math.min(start + ControlWriter.aligned((int) length), control.limit()));
        }
        return 0;
    }

    /** As on Linux, a message of another level is for somebody else. */
    private static int take(final StackSocket socket, final int level, final int type) {
        return switch (level) {
            // unix(7): here they mean nothing.
            case SocketOptions.SOL_SOCKET -> type == SCM_RIGHTS || type == SCM_CREDENTIALS ? 0 : -LinuxErrno.EINVAL;
            case SocketOptions.IPPROTO_IP -> socket instanceof DatagramSocket ? -LinuxErrno.EINVAL : 0;
            default -> 0;
        };
    }
}
