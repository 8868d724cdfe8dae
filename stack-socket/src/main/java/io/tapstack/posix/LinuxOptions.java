package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.StreamSocket;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.TcpInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Socket options as bytes in little-endian order, which is x86-64's. {@link StackSocket} handles the int-valued
 * options; this class translates those that are structures or names: {@code struct linger}, {@code struct timeval},
 * {@code struct tcp_info}, names of congestion controls.
 */
final class LinuxOptions {

    /** No value is longer. */
    static final int MAX_BYTES = 512;

    private static final int SO_LINGER = SocketOptions.SO_LINGER;
    private static final int SO_RCVTIMEO_OLD = 20;
    private static final int SO_SNDTIMEO_OLD = 21;
    private static final int SO_RCVTIMEO_NEW = 66;
    private static final int SO_SNDTIMEO_NEW = 67;
    private static final int TCP_INFO = 11;
    private static final int TCP_CONGESTION = 13;
    private static final int CONGESTION_NAME_BYTES = 16;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long MAX_SECONDS = Long.MAX_VALUE / NANOS_PER_SECOND / 2;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private LinuxOptions() {}

    /** TCP_SAVED_SYN cannot be cut to the program's buffer: it is returned whole, and once. */
    static boolean isSavedSyn(final int level, final int name) {
        return level == SocketOptions.IPPROTO_TCP && name == SocketOptions.TCP_SAVED_SYN;
    }

    /**
     * Appends an option's value to {@code target}.
     *
     * @return 0 or a negative errno
     */
    static int get(final StackSocket socket, final int level, final int name, final ByteBuffer target) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SO_RCVTIMEO_OLD, SO_RCVTIMEO_NEW -> {
                    putTime(target, socket.receiveTimeoutNanos());
                    return 0;
                }
                case SO_SNDTIMEO_OLD, SO_SNDTIMEO_NEW -> {
                    putTime(target, socket.sendTimeoutNanos());
                    return 0;
                }
                case SO_LINGER -> {
                    final int seconds = socket instanceof StreamSocket stream ? stream.lingerSeconds() : -1;
                    target.putInt(seconds >= 0 ? 1 : 0).putInt(Math.max(0, seconds));
                    return 0;
                }
                default -> {
                    // An int.
                }
            }
        }
        if (level == SocketOptions.IPPROTO_TCP && socket instanceof StreamSocket stream) {
            if (name == TCP_INFO) {
                putInfo(stream, target);
                return 0;
            }
            if (name == TCP_CONGESTION) {
                final byte[] text = stream.congestionControl().getBytes(StandardCharsets.US_ASCII);
                target.put(Arrays.copyOf(text, CONGESTION_NAME_BYTES));
                return 0;
            }
            if (name == SocketOptions.TCP_FASTOPEN_KEY) {
                final FastOpenKeys keys = stream.fastOpenKeys();
                target.put(keys == null ? new byte[0] : keys.toBytes());
                return 0;
            }
        }
        final int value = socket.option(level, name);
        // -1 is a value (TCP_LINGER2), and not EPERM, which no option returns.
        if (value < -1) {
            return value;
        }
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_MAX_PACING_RATE) {
            target.putLong(value == Integer.MAX_VALUE ? -1 : value); // as many bytes as there is room for
        } else {
            target.putInt(value);
        }
        return 0;
    }

    /**
     * The bytes of a value of {@code bytes} for a buffer of {@code length}: ip(7), a small number of its level fits
     * into one byte.
     */
    static int cut(final int level, final int value, final int bytes, final int length) {
        final boolean small = level == SocketOptions.IPPROTO_IP && bytes == Integer.BYTES && (value & ~0xFF) == 0;
        return small && length > 0 && length < Integer.BYTES ? 1 : Math.min(bytes, length);
    }

    /** @param value in little-endian order; its remaining bytes are read */
    static int set(final StackSocket socket, final int level, final int name, final ByteBuffer value) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SO_RCVTIMEO_OLD, SO_RCVTIMEO_NEW, SO_SNDTIMEO_OLD, SO_SNDTIMEO_NEW -> {
                    return setTime(socket, name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW, value);
                }
                case SO_LINGER -> {
                    return setLinger(socket, value);
                }
                default -> {
                    // An int.
                }
            }
        }
        if (level == SocketOptions.IPPROTO_TCP && name == TCP_CONGESTION && socket instanceof StreamSocket stream) {
            return setCongestionControl(stream, value);
        }
        if (level == SocketOptions.IPPROTO_TCP
                && name == SocketOptions.TCP_FASTOPEN_KEY
                && socket instanceof StreamSocket stream) {
            return setFastOpenKeys(stream, value);
        }
        if (level == SocketOptions.IPPROTO_TCP && !(socket instanceof StreamSocket)) {
            return -SocketError.ENOPROTOOPT.errno();
        }
        if (level == SocketOptions.IPPROTO_IPV6 && value.remaining() < Integer.BYTES) {
            if (socket.family() == AddressFamily.IPV4) {
                return -SocketError.ENOPROTOOPT.errno();
            }
            // As on Linux, this one alone may be shorter than an int, and is 0 then.
            return name == SocketOptions.IPV6_DONTFRAG ? socket.setOption(level, name, 0) : -SocketError.EINVAL.errno();
        }
        // ip(7): options of this level may be a single byte.
        if (level == SocketOptions.IPPROTO_IP && value.hasRemaining() && value.remaining() < Integer.BYTES) {
            return socket.setOption(level, name, value.get() & 0xFF);
        }
        if (value.remaining() < Integer.BYTES) {
            return -SocketError.EINVAL.errno();
        }
        return socket.setOption(level, name, value.getInt());
    }

    private static void putInfo(final StreamSocket socket, final ByteBuffer target) {
        final TcpInfo info = socket.info();
        if (info == null) {
            TcpInfoLayout.writeUnconnected(socket, target);
        } else {
            TcpInfoLayout.write(info, target);
        }
    }

    private static int setCongestionControl(final StreamSocket socket, final ByteBuffer value) {
        if (!value.hasRemaining()) {
            return -SocketError.EINVAL.errno();
        }
        final byte[] text = new byte[Math.min(value.remaining(), CONGESTION_NAME_BYTES)];
        value.get(text);
        final String name = new String(text, StandardCharsets.US_ASCII);
        final int end = name.indexOf('\0');
        return socket.congestionControl(end < 0 ? name : name.substring(0, end));
    }

    private static int setFastOpenKeys(final StreamSocket socket, final ByteBuffer value) {
        final byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        try {
            return socket.fastOpenKeys(FastOpenKeys.of(bytes));
        } catch (final IllegalArgumentException e) {
            return -SocketError.EINVAL.errno();
        }
    }

    private static int setLinger(final StackSocket socket, final ByteBuffer value) {
        if (value.remaining() < 2 * Integer.BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final boolean on = value.getInt() != 0;
        final int seconds = value.getInt();
        if (socket instanceof StreamSocket stream) {
            // As on Linux, a negative time is a very long one.
            stream.lingerSeconds(on ? seconds < 0 ? Integer.MAX_VALUE : seconds : -1);
        }
        return 0;
    }

    private static void putTime(final ByteBuffer target, final long nanos) {
        target.putLong(nanos / NANOS_PER_SECOND).putLong(nanos % NANOS_PER_SECOND / NANOS_PER_MICRO);
    }

    private static int setTime(final StackSocket socket, final boolean receive, final ByteBuffer value) {
        if (value.remaining() < 2 * Long.BYTES) {
            return -SocketError.EINVAL.errno();
        }
        final long seconds = value.getLong();
        final long micros = value.getLong();
        if (micros < 0 || micros >= MICROS_PER_SECOND) {
            return -LinuxErrno.EDOM;
        }
        // 0 is for ever, and so is a time longer than the clock runs; a negative time does not wait at all.
        final long nanos =
                seconds > MAX_SECONDS ? 0 : seconds < 0 ? 1 : seconds * NANOS_PER_SECOND + micros * NANOS_PER_MICRO;
        if (receive) {
            socket.receiveTimeoutNanos(nanos);
        } else {
            socket.sendTimeoutNanos(nanos);
        }
        return 0;
    }
}
