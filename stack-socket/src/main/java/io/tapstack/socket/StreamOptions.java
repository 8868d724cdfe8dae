package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * The options of one {@link StreamSocket}: TCP's configuration, and the options of the socket alone. Used with the
 * stack's lock held.
 */
final class StreamOptions {

    static final int NO_LINGER = -1;

    /** The configuration of a listener or a connection of this socket. */
    final TcpConfig config;

    boolean reuseAddress;

    /** See {@link StreamSocket#lingerSeconds(int)}. */
    int lingerSeconds;

    /** SO_REUSEPORT. */
    boolean reusePort;

    private final AddressFamily family;

    /** IPV6_V6ONLY. */
    boolean ipv6Only;

    private final InertOptions inert;

    /** SO_RCVLOWAT. */
    int receiveLowWater = 1;

    /** SO_TIMESTAMPING and the like. */
    final StampOptions stamps;

    /** TCP_INQ. */
    boolean tellUnread;

    /** SO_ZEROCOPY. */
    boolean zeroCopy;

    /** IP_RECVERR. */
    boolean reportErrors;

    /** The last value of TCP_QUICKACK while there was no connection. */
    boolean quickAck = true;

    /** Options with the defaults of a layer. */
    StreamOptions(final TcpConfig defaults, final AddressFamily family) {
        this.family = family;
        this.config = defaults.copy();
        this.inert = new InertOptions();
        this.stamps = new StampOptions();
        this.lingerSeconds = NO_LINGER;
    }

    /** The options of an accepted socket, inherited from its listener. */
    StreamOptions(final StreamOptions inherited) {
        this.family = inherited.family;
        this.ipv6Only = inherited.ipv6Only;
        this.config = inherited.config.copy();
        this.inert = new InertOptions(inherited.inert);
        this.stamps = new StampOptions(inherited.stamps);
        this.reuseAddress = inherited.reuseAddress;
        this.reusePort = inherited.reusePort;
        this.lingerSeconds = inherited.lingerSeconds;
        this.receiveLowWater = inherited.receiveLowWater;
        this.reportErrors = inherited.reportErrors;
        this.tellUnread = inherited.tellUnread;
        this.zeroCopy = inherited.zeroCopy;
    }

    // ---- Of the socket

    /** The configuration in use: the connection's, if there is one. */
    TcpConfig config(final @Nullable TcpConnection connection) {
        return connection == null ? config : connection.config();
    }

    /** {@code setsockopt(2)}, for the socket itself and for its listener or connection. */
    int apply(final int level, final int name, final int value, final StreamLife life, final long nowNanos) {
        if (level == SocketOptions.IPPROTO_IPV6 && family == AddressFamily.IPV6) {
            return applyIpv6(name, value, life, nowNanos);
        }
        final TcpConnection open = life.connection();
        final boolean ofTcp = level == SocketOptions.IPPROTO_TCP;
        if (ofTcp && isTooLate(name, value, life)) {
            return -SocketError.EINVAL.errno();
        }
        if (isOfMessages(level, name)) {
            return setOfMessages(level, name, value, life);
        }
        if (StampOptions.isOne(level, name)) {
            return setStamps(name, value, life);
        }
        final int result = set(level, name, value);
        if (level == SocketOptions.SOL_SOCKET
                && (name == SocketOptions.SO_REUSEADDR || name == SocketOptions.SO_REUSEPORT)) {
            life.shareAnew();
            return result;
        }
        final TcpListener listener = life.listener();
        if (result == 0 && listener != null) {
            TcpConfigOptions.set(listener.config(), level, name, value);
        }
        if (result == 0 && open != null) {
            TcpConfigOptions.set(open.config(), level, name, value);
            if (ofTcp && name == SocketOptions.TCP_QUICKACK) {
                open.quickAck(value != 0, nowNanos);
            } else if (ofTcp && name == SocketOptions.TCP_NODELAY && value != 0) {
                open.flush(nowNanos); // tcp(7): an explicit flush, even with TCP_CORK
            } else {
                open.configChanged(nowNanos);
            }
        }
        return result;
    }

    private int applyIpv6(final int name, final int value, final StreamLife life, final long nowNanos) {
        if (name == SocketOptions.IPV6_V6ONLY) {
            if (life.isBound()) {
                return -SocketError.EINVAL.errno();
            }
            ipv6Only = value != 0;
            return 0;
        }
        if (!Ipv6Options.isIn(name, value)) {
            return -SocketError.EINVAL.errno();
        }
        final int twin = Ipv6Options.twin(name);
        return twin == Ipv6Options.NONE
                ? -SocketError.ENOPROTOOPT.errno()
                : apply(SocketOptions.IPPROTO_IP, twin, Ipv6Options.value(name, value), life, nowNanos);
    }

    /** True for the options about messages: the facts beside the bytes in recvmsg(2), and the error queue. */
    private static boolean isOfMessages(final int level, final int name) {
        return switch (level) {
            case SocketOptions.SOL_SOCKET -> name == SocketOptions.SO_ZEROCOPY;
            case SocketOptions.IPPROTO_IP -> name == SocketOptions.IP_RECVERR;
            case SocketOptions.IPPROTO_TCP -> name == SocketOptions.TCP_INQ;
            default -> false;
        };
    }

    private int setStamps(final int name, final int value, final StreamLife life) {
        final TcpConnection open = life.connection();
        final boolean flags = name == SocketOptions.SO_TIMESTAMPING || name == SocketOptions.SO_TIMESTAMPING_NEW;
        final boolean beginsIds = flags && stamps.beginsIds(value);
        if (beginsIds && (open == null || open.state() == TcpState.CLOSED)) {
            return -SocketError.EINVAL.errno(); // Ids are sequence numbers, and there are none yet.
        }
        final int result = stamps.set(name, value);
        if (result == 0 && beginsIds && open != null) {
            stamps.idsFrom(StampOptions.countsFromWrites(value) ? open.writeSequence() : open.unacknowledgedSequence());
        }
        final TcpListener listener = life.listener();
        config.stampArrivals(stamps.stampsArrivals());
        if (listener != null) {
            listener.config().stampArrivals(stamps.stampsArrivals());
        }
        if (open != null) {
            open.config().stampArrivals(stamps.stampsArrivals());
        }
        return result;
    }

    private int setOfMessages(final int level, final int name, final int value, final StreamLife life) {
        final boolean on = value != 0;
        if (name != SocketOptions.IP_RECVERR && (value < 0 || value > 1)) {
            return -SocketError.EINVAL.errno();
        }
        switch (level) {
            case SocketOptions.SOL_SOCKET -> zeroCopy = on;
            case SocketOptions.IPPROTO_TCP -> tellUnread = on;
            default -> {
                reportErrors = on;
                if (!on) {
                    life.errors().dropErrors();
                }
            }
        }
        return 0;
    }

    /** tcp(7): some options concern the start of a connection. */
    private static boolean isTooLate(final int name, final int value, final StreamLife life) {
        return switch (name) {
            case SocketOptions.TCP_WINDOW_CLAMP -> value == 0 && (life.listener() != null || life.hasLiveConnection());
            case SocketOptions.TCP_FASTOPEN, SocketOptions.TCP_FASTOPEN_NO_COOKIE -> life.hasLiveConnection();
            case SocketOptions.TCP_FASTOPEN_CONNECT -> life.listener() != null || life.hasLiveConnection();
            default -> false;
        };
    }

    PortSharing sharing() {
        return new PortSharing(reuseAddress, reusePort);
    }

    /** {@code getsockopt(2)}. */
    int value(final int level, final int name, final StreamLife life) {
        if (level == SocketOptions.IPPROTO_IPV6 && family == AddressFamily.IPV6) {
            final int twin = Ipv6Options.twin(name);
            return name == SocketOptions.IPV6_V6ONLY
                    ? ipv6Only ? 1 : 0
                    : twin == Ipv6Options.NONE
                            ? -SocketError.ENOPROTOOPT.errno()
                            : value(SocketOptions.IPPROTO_IP, twin, life);
        }
        final TcpConnection open = life.connection();
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_ERROR) {
            return life.takeAnyError();
        }
        if (StampOptions.isOne(level, name)) {
            return stamps.get(name);
        }
        if (isOfMessages(level, name)) {
            return (level == SocketOptions.IPPROTO_IP
                            ? reportErrors
                            : level == SocketOptions.IPPROTO_TCP ? tellUnread : zeroCopy)
                    ? 1
                    : 0;
        }
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_ACCEPTCONN) {
            return life.listener() != null ? 1 : 0;
        }
        if (open == null) {
            return level == SocketOptions.IPPROTO_IP && name == SocketOptions.IP_MTU
                    ? -SocketError.ENOTCONN.errno()
                    : get(level, name, config);
        }
        return switch (level) {
            case SocketOptions.SOL_SOCKET ->
                switch (name) {
                    case SocketOptions.SO_SNDBUF -> TcpConfigOptions.doubled(open.sendBufferBytes());
                    case SocketOptions.SO_RCVBUF -> TcpConfigOptions.doubled(open.receiveBufferBytes());
                    default -> get(level, name, open.config());
                };
            case SocketOptions.IPPROTO_IP ->
                name == SocketOptions.IP_MTU ? open.pathMtu() : get(level, name, open.config());
            case SocketOptions.IPPROTO_TCP ->
                switch (name) {
                    case SocketOptions.TCP_MAXSEG -> open.segmentBytes();
                    case SocketOptions.TCP_QUICKACK -> open.isQuickAck() ? 1 : 0;
                    default -> get(level, name, open.config());
                };
            default -> get(level, name, open.config());
        };
    }

    /**
     * {@code TCP_CONGESTION}.
     *
     * @return 0, or {@code -ENOENT} if there is none of that name
     */
    int congestionControl(final String name, final StreamLife life, final long nowNanos) {
        final TcpListener listener = life.listener();
        final TcpConnection open = life.connection();
        try {
            config.congestionControl(name);
        } catch (final IllegalArgumentException e) {
            return -SocketError.ENOENT.errno();
        }
        if (listener != null) {
            listener.config().congestionControl(name);
        }
        if (open != null) {
            open.config().congestionControl(name);
            open.configChanged(nowNanos);
        }
        return 0;
    }

    /** {@code TCP_FASTOPEN_KEY}. @return 0 */
    int fastOpenKeys(final @Nullable FastOpenKeys keys, final StreamLife life) {
        final TcpListener listener = life.listener();
        config.fastOpenKeys(keys);
        if (listener != null) {
            listener.config().fastOpenKeys(keys);
        }
        return 0;
    }

    // ---- Of the listener or connection

    private int set(final int level, final int name, final int value) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SocketOptions.SO_REUSEADDR:
                    reuseAddress = value != 0;
                    return 0;
                case SocketOptions.SO_REUSEPORT:
                    reusePort = value != 0;
                    return 0;
                case SocketOptions.SO_LINGER:
                    lingerSeconds = Math.max(NO_LINGER, value);
                    return 0;
                case SocketOptions.SO_RCVLOWAT:
                    receiveLowWater = value < 0 ? Integer.MAX_VALUE : Math.max(1, value);
                    return 0;
                default:
                    break;
            }
        }
        if (level == SocketOptions.IPPROTO_TCP && name == SocketOptions.TCP_QUICKACK) {
            quickAck = value != 0;
            return 0;
        }
        final int result = TcpConfigOptions.set(config, level, name, value);
        return result == TcpConfigOptions.UNKNOWN && level == SocketOptions.SOL_SOCKET
                ? inert.set(name, value)
                : result;
    }

    /** @param live the configuration in use */
    private int get(final int level, final int name, final TcpConfig live) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SocketOptions.SO_REUSEADDR:
                    return reuseAddress ? 1 : 0;
                case SocketOptions.SO_REUSEPORT:
                    return reusePort ? 1 : 0;
                case SocketOptions.SO_LINGER:
                    return lingerSeconds;
                case SocketOptions.SO_RCVLOWAT:
                    return receiveLowWater;
                case SocketOptions.SO_SNDLOWAT:
                    return 1;
                case SocketOptions.SO_TYPE:
                    return SocketOptions.SOCK_STREAM;
                case SocketOptions.SO_DOMAIN:
                    return family.number();
                case SocketOptions.SO_PROTOCOL:
                    return SocketOptions.IPPROTO_TCP;
                default:
                    break;
            }
        }
        if (level == SocketOptions.IPPROTO_TCP && name == SocketOptions.TCP_QUICKACK) {
            return quickAck ? 1 : 0;
        }
        final int value = TcpConfigOptions.get(live, level, name);
        return value == TcpConfigOptions.UNKNOWN && level == SocketOptions.SOL_SOCKET ? inert.get(name) : value;
    }
}
