package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.tcp.TcpConfig;

/** The int-valued options of TCP's configuration: converts between Linux's numbers and units and {@link TcpConfig}. */
final class TcpConfigOptions {

    /** The result of {@link #get} and {@link #set} for an unknown option. */
    static final int UNKNOWN = -SocketError.ENOPROTOOPT.errno();

    private static final int INVALID = -SocketError.EINVAL.errno();
    private static final int DEFAULT_TTL = 64;
    private static final int MIN_SEGMENT = 88; // Linux's TCP_MIN_MSS
    private static final int MAX_SEGMENT = 32_767;
    private static final int DEFAULT_SEGMENT = 536; // Linux's value before there is a connection
    private static final int MAX_FIN_WAIT_2_SECONDS = 120;
    private static final int MAX_KEEPALIVE_SECONDS = 32_767;
    private static final int MAX_KEEPALIVE_COUNT = 127;
    private static final int MAX_SYN_RETRIES = 127;
    private static final int MAX_FAST_OPEN_QUEUE = 4_096; // net.core.somaxconn
    private static final int MAX_DEFER_TIMEOUTS = 255;
    private static final int MAX_RTO_SECONDS = 120;
    private static final int MIN_RECEIVE_BUFFER = 2_304 / 2; // Linux's SOCK_MIN_RCVBUF, which counts double
    private static final int MIN_SEND_BUFFER = 4_608 / 2; // Linux's SOCK_MIN_SNDBUF
    private static final int MAX_BUFFER = 64 << 20;
    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;
    private static final long SECONDS = 1_000_000_000;

    private TcpConfigOptions() {}

    static int set(final TcpConfig config, final int level, final int name, final int value) {
        return switch (level) {
            case SocketOptions.SOL_SOCKET -> setSocketLevel(config, name, value);
            case SocketOptions.IPPROTO_IP -> setIpLevel(config, name, value);
            case SocketOptions.IPPROTO_TCP -> setTcpLevel(config, name, value);
            default -> UNKNOWN;
        };
    }

    static int get(final TcpConfig config, final int level, final int name) {
        return switch (level) {
            case SocketOptions.SOL_SOCKET -> getSocketLevel(config, name);
            case SocketOptions.IPPROTO_IP -> getIpLevel(config, name);
            case SocketOptions.IPPROTO_TCP -> getTcpLevel(config, name);
            default -> -SocketError.EOPNOTSUPP.errno(); // as on Linux for other levels than the socket's
        };
    }

    private static int setSocketLevel(final TcpConfig config, final int name, final int value) {
        switch (name) {
            case SocketOptions.SO_KEEPALIVE -> config.keepAlive(value != 0);
            case SocketOptions.SO_OOBINLINE -> config.urgentInLine(value != 0);
            case SocketOptions.SO_SNDBUF -> config.sendBufferBytes(buffer(value, MIN_SEND_BUFFER));
            case SocketOptions.SO_RCVBUF -> config.receiveBufferBytes(buffer(value, MIN_RECEIVE_BUFFER));
            case SocketOptions.SO_MAX_PACING_RATE -> config.maxPacingRate(value);
            default -> {
                return UNKNOWN;
            }
        }
        return 0;
    }

    private static int getSocketLevel(final TcpConfig config, final int name) {
        return switch (name) {
            case SocketOptions.SO_KEEPALIVE -> number(config.keepAlive());
            case SocketOptions.SO_OOBINLINE -> number(config.urgentInLine());
            case SocketOptions.SO_SNDBUF -> doubled(config.sendBufferBytes());
            case SocketOptions.SO_RCVBUF -> doubled(config.receiveBufferBytes());
            case SocketOptions.SO_MAX_PACING_RATE -> pacingRate(config.maxPacingRate());
            default -> UNKNOWN;
        };
    }

    private static int setIpLevel(final TcpConfig config, final int name, final int value) {
        switch (name) {
            case SocketOptions.IP_TOS -> config.trafficClass(value);
            case SocketOptions.IP_MTU_DISCOVER -> {
                final PathMtuPolicy policy = PathMtuPolicy.of(value);
                if (policy == null) {
                    return INVALID;
                }
                config.pathMtuPolicy(policy);
            }
            case SocketOptions.IP_TTL -> {
                if (value != -1 && isOutside(value, 1, 255)) {
                    return INVALID;
                }
                config.timeToLive(value == -1 ? DEFAULT_TTL : value);
            }
            default -> {
                return UNKNOWN;
            }
        }
        return 0;
    }

    private static int getIpLevel(final TcpConfig config, final int name) {
        return switch (name) {
            case SocketOptions.IP_TOS -> config.trafficClass();
            case SocketOptions.IP_MTU_DISCOVER -> config.pathMtuPolicy().ordinal();
            case SocketOptions.IP_TTL -> config.timeToLive();
            default -> UNKNOWN;
        };
    }

    private static int setTcpLevel(final TcpConfig config, final int name, final int value) {
        switch (name) {
            case SocketOptions.TCP_NODELAY -> config.noDelay(value != 0);
            case SocketOptions.TCP_CORK -> config.cork(value != 0);
            case SocketOptions.TCP_LINGER2 -> config.finWait2Nanos(finWait2(value));
            case SocketOptions.TCP_WINDOW_CLAMP ->
                config.windowClamp(value == 0 ? 0 : Math.max(value, MIN_RECEIVE_BUFFER));
            case SocketOptions.TCP_NOTSENT_LOWAT -> config.notSentLowWater(value);
            case SocketOptions.TCP_DEFER_ACCEPT -> config.deferAcceptTimeouts(timeouts(value));
            case SocketOptions.TCP_MAXSEG -> {
                if (value != 0 && isOutside(value, MIN_SEGMENT, MAX_SEGMENT)) {
                    return INVALID;
                }
                config.maxSegment(value);
            }
            case SocketOptions.TCP_KEEPIDLE -> {
                if (isOutside(value, 1, MAX_KEEPALIVE_SECONDS)) {
                    return INVALID;
                }
                config.keepAliveIdleNanos(value * SECONDS);
            }
            case SocketOptions.TCP_KEEPINTVL -> {
                if (isOutside(value, 1, MAX_KEEPALIVE_SECONDS)) {
                    return INVALID;
                }
                config.keepAliveIntervalNanos(value * SECONDS);
            }
            case SocketOptions.TCP_KEEPCNT -> {
                if (isOutside(value, 1, MAX_KEEPALIVE_COUNT)) {
                    return INVALID;
                }
                config.keepAliveCount(value);
            }
            case SocketOptions.TCP_SYNCNT -> {
                if (isOutside(value, 1, MAX_SYN_RETRIES)) {
                    return INVALID;
                }
                config.synRetries(value).synAckRetries(value);
            }
            case SocketOptions.TCP_FASTOPEN -> {
                if (value < 0) {
                    return INVALID;
                }
                config.fastOpenQueue(Math.min(value, MAX_FAST_OPEN_QUEUE));
            }
            case SocketOptions.TCP_FASTOPEN_CONNECT -> {
                if (isOutside(value, 0, 1)) {
                    return INVALID;
                }
                if (!config.fastOpenPolicy().client()) {
                    return -SocketError.EOPNOTSUPP.errno();
                }
                config.fastOpen(value == 1);
            }
            case SocketOptions.TCP_RTO_MAX_MS -> {
                if (isOutside(value, 1_000, 120_000)) {
                    return INVALID;
                }
                config.maxRtoNanos(value * MILLIS);
            }
            case SocketOptions.TCP_RTO_MIN_US -> {
                if (isOutside(value, 1, 200_000)) {
                    return INVALID;
                }
                config.minRtoNanos(value * MICROS);
            }
            case SocketOptions.TCP_SAVE_SYN -> {
                if (isOutside(value, 0, 2)) {
                    return INVALID;
                }
                config.saveSyn(value);
            }
            case SocketOptions.TCP_FASTOPEN_NO_COOKIE -> {
                if (isOutside(value, 0, 1)) {
                    return INVALID;
                }
                config.fastOpenWithoutCookie(value == 1);
            }
            case SocketOptions.TCP_USER_TIMEOUT -> {
                if (value < 0) {
                    return INVALID;
                }
                config.userTimeoutNanos(value * MILLIS);
            }
            default -> {
                return UNKNOWN;
            }
        }
        return 0;
    }

    private static int getTcpLevel(final TcpConfig config, final int name) {
        return switch (name) {
            case SocketOptions.TCP_NODELAY -> number(config.noDelay());
            case SocketOptions.TCP_CORK -> number(config.cork());
            case SocketOptions.TCP_LINGER2 ->
                config.finWait2Nanos() == 0 ? -1 : (int) (config.finWait2Nanos() / SECONDS);
            case SocketOptions.TCP_WINDOW_CLAMP -> config.windowClamp();
            case SocketOptions.TCP_NOTSENT_LOWAT -> config.notSentLowWater();
            case SocketOptions.TCP_DEFER_ACCEPT -> seconds(config.deferAcceptTimeouts());
            case SocketOptions.TCP_MAXSEG -> config.maxSegment() == 0 ? DEFAULT_SEGMENT : config.maxSegment();
            case SocketOptions.TCP_KEEPIDLE -> (int) (config.keepAliveIdleNanos() / SECONDS);
            case SocketOptions.TCP_KEEPINTVL -> (int) (config.keepAliveIntervalNanos() / SECONDS);
            case SocketOptions.TCP_KEEPCNT -> config.keepAliveCount();
            case SocketOptions.TCP_SYNCNT -> config.synRetries();
            case SocketOptions.TCP_FASTOPEN -> config.fastOpenQueue();
            case SocketOptions.TCP_FASTOPEN_CONNECT -> number(config.fastOpen());
            case SocketOptions.TCP_RTO_MAX_MS -> (int) (config.maxRtoNanos() / MILLIS);
            case SocketOptions.TCP_RTO_MIN_US -> (int) (config.minRtoNanos() / MICROS);
            case SocketOptions.TCP_SAVE_SYN -> config.saveSyn();
            case SocketOptions.TCP_FASTOPEN_NO_COOKIE -> number(config.fastOpenWithoutCookie());
            case SocketOptions.TCP_USER_TIMEOUT -> (int) (config.userTimeoutNanos() / MILLIS);
            default -> UNKNOWN;
        };
    }

    /** As on Linux, a size out of range is not refused but limited to it. */
    private static int buffer(final int bytes, final int least) {
        return Math.max(least, Math.min(bytes < 0 ? MAX_BUFFER : bytes, MAX_BUFFER));
    }

    /** As on Linux: socket(7), SO_RCVBUF. */
    static int doubled(final int bytes) {
        return (int) Math.min(Integer.MAX_VALUE, 2L * bytes);
    }

    private static long finWait2(final int seconds) {
        if (seconds == 0) {
            return new TcpConfig().finWait2Nanos();
        }
        return Math.max(0, Math.min(seconds, MAX_FIN_WAIT_2_SECONDS)) * SECONDS;
    }

    /** The number of timeouts of 1, 2, 4 and so on seconds that take {@code seconds}. */
    private static int timeouts(final int seconds) {
        int timeouts = 0;
        while (timeouts < MAX_DEFER_TIMEOUTS && seconds > seconds(timeouts)) {
            timeouts++;
        }
        return timeouts;
    }

    /** The time of {@code timeouts} timeouts together. */
    private static int seconds(final int timeouts) {
        int seconds = 0;
        int timeout = 1;
        for (int i = 0; i < timeouts; i++) {
            seconds += timeout;
            timeout = Math.min(2 * timeout, MAX_RTO_SECONDS);
        }
        return seconds;
    }

    private static int pacingRate(final long bytesPerSecond) {
        return bytesPerSecond == 0 ? Integer.MAX_VALUE : (int) Math.min(bytesPerSecond, Integer.MAX_VALUE);
    }

    private static boolean isOutside(final int value, final int minimum, final int maximum) {
        return value < minimum || value > maximum;
    }

    private static int number(final boolean on) {
        return on ? 1 : 0;
    }
}
