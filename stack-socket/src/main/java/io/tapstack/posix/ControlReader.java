package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.SentMessage;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StackSocket;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;

/** Reads the control messages of {@code sendmsg(2)} ({@code cmsg(3)}). */
final class ControlReader {

    private static final int HEADER_BYTES = 16;
    private static final int MOST = 255;
    private static final int DEFAULT = -1;
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
            final int result;
            if (stamps) {
                result = takeStamps(control, length - HEADER_BYTES, message);
            } else if (level == SocketOptions.IPPROTO_IP && socket instanceof DatagramSocket) {
                result = takeIp(type, control, length - HEADER_BYTES, message);
            } else if (level == SocketOptions.IPPROTO_IPV6
                    && socket instanceof DatagramSocket
                    && socket.family() == AddressFamily.IPV6) {
                result = takeIpv6(socket, type, control, length - HEADER_BYTES, message);
            } else {
                result = take(level, type);
            }
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

    /** ip(7): the messages of a datagram's header. */
    private static int takeIp(final int type, final ByteBuffer control, final long length, final SentMessage message) {
        switch (type) {
            case SocketOptions.IP_TOS -> {
                if (length != Integer.BYTES && length != Byte.BYTES) {
                    return -SocketError.EINVAL.errno();
                }
                final int bits = length == Byte.BYTES ? control.get() & 0xFF : control.getInt();
                if (bits < 0 || bits > MOST) {
                    return -SocketError.EINVAL.errno();
                }
                message.trafficClass(bits);
            }
            case SocketOptions.IP_TTL -> {
                final int hops = length == Integer.BYTES ? control.getInt() : 0;
                if (hops < 1 || hops > MOST) {
                    return -SocketError.EINVAL.errno();
                }
                message.timeToLive(hops);
            }
            case SocketOptions.IP_PKTINFO -> {
                return takePacketInfo(control, length, message);
            }
            default -> {
                return -SocketError.EINVAL.errno();
            }
        }
        return 0;
    }

    /** ipv6(7), RFC 3542 4: the same of IPv6. */
    private static int takeIpv6(
            final StackSocket socket,
            final int type,
            final ByteBuffer control,
            final long length,
            final SentMessage message) {
        if (type == SocketOptions.IPV6_PKTINFO) {
            return takeIpv6PacketInfo(socket, control, length, message);
        }
        if (length != Integer.BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final int value = control.getInt();
        if (value < DEFAULT || value > MOST) {
            return -SocketError.EINVAL.errno();
        }
        switch (type) {
            case SocketOptions.IPV6_TCLASS -> message.trafficClass(value & MOST);
            case SocketOptions.IPV6_HOPLIMIT -> {
                if (value == 0) {
                    return -SocketError.EINVAL.errno();
                }
                if (value != DEFAULT) {
                    message.timeToLive(value);
                }
            }
            default -> {
                return -SocketError.EINVAL.errno();
            }
        }
        return 0;
    }

    /** {@code struct in6_pktinfo}: the source, and an interface, or 0. */
    private static int takeIpv6PacketInfo(
            final StackSocket socket, final ByteBuffer control, final long length, final SentMessage message) {
        if (length < ControlWriter.IPV6_PACKET_INFO_BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final IpAddress source =
                IpAddress.ipv6(Long.reverseBytes(control.getLong()), Long.reverseBytes(control.getLong()));
        final int index = control.getInt();
        if (index != 0 && index != ControlWriter.INTERFACE_INDEX) {
            return -LinuxErrno.ENODEV;
        }
        if (!source.isAny() && !socket.isLocal(source)) {
            return -SocketError.EINVAL.errno();
        }
        message.source(source);
        return 0;
    }

    /** {@code struct in_pktinfo}: an interface, or 0, and the source; the third field is for receiving. */
    private static int takePacketInfo(final ByteBuffer control, final long length, final SentMessage message) {
        if (length != ControlWriter.PACKET_INFO_BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final int index = control.getInt();
        if (index != 0 && index != ControlWriter.INTERFACE_INDEX) {
            return -LinuxErrno.ENODEV;
        }
        message.source(IpAddress.ipv4(Integer.reverseBytes(control.getInt())));
        return 0;
    }

    /** As on Linux, a message of another level is ignored. */
    private static int take(final int level, final int type) {
        return switch (level) {
            // unix(7): they have no meaning here.
            case SocketOptions.SOL_SOCKET ->
                type == SCM_RIGHTS || type == SCM_CREDENTIALS ? 0 : -SocketError.EINVAL.errno();
            default -> 0;
        };
    }
}
