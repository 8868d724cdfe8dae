package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.StreamSocket;

/** The numbers that {@code ioctl(2)} returns for a socket: {@code tcp(7)}, {@code udp(7)}, {@code sockatmark(3)}. */
public final class SocketIoctls {

    /** Bytes that can be read; of datagrams, the length of the next one. */
    public static final int FIONREAD = 0x541B;

    /** Bytes that were written and are not acknowledged. */
    public static final int SIOCOUTQ = 0x5411;

    /** Of those, bytes that were never sent. */
    public static final int SIOCOUTQNSD = 0x894B;

    /** 1 if the next byte to read is at the urgent mark. */
    public static final int SIOCATMARK = 0x8905;

    private SocketIoctls() {}

    /** @return the number, or a negative errno */
    static long ask(final StackSocket socket, final long request) {
        return socket instanceof StreamSocket stream
                ? askStream(stream, request)
                : askDatagram((DatagramSocket) socket, request);
    }

    private static long askStream(final StreamSocket stream, final long request) {
        if (request == SIOCATMARK) {
            return stream.isAtMark() ? 1 : 0;
        }
        if (request != FIONREAD && request != SIOCOUTQ && request != SIOCOUTQNSD) {
            return -LinuxErrno.ENOTTY;
        }
        if (stream.isListening()) {
            return -SocketError.EINVAL.errno();
        }
        return request == FIONREAD
                ? stream.availableBytes()
                : request == SIOCOUTQ ? stream.unsentAndUnackedBytes() : stream.unsentBytes();
    }

    private static long askDatagram(final DatagramSocket datagram, final long request) {
        if (request == FIONREAD) {
            return datagram.availableBytes();
        }
        return request == SIOCOUTQ ? 0 : -LinuxErrno.ENOTTY;
    }
}
