package io.tapstack.socket;

import io.tapstack.tcp.TcpConfig;

/** The options of one {@link StreamSocket}: TCP's configuration, and what concerns the socket alone. Used inside the door. */
final class StreamOptions {

    static final int NO_LINGER = -1;

    /** What a listener or a connection of this socket is made with. */
    final TcpConfig config;

    boolean reuseAddress;

    /** See {@link StreamSocket#lingerSeconds(int)}. */
    int lingerSeconds;

    /** The defaults of a layer. */
    StreamOptions(final TcpConfig defaults) {
        this.config = defaults.copy();
        this.lingerSeconds = NO_LINGER;
    }

    /** What an accepted socket has from its listener. */
    StreamOptions(final StreamOptions inherited) {
        this.config = inherited.config.copy();
        this.reuseAddress = inherited.reuseAddress;
        this.lingerSeconds = inherited.lingerSeconds;
    }

    int set(final int level, final int name, final int value) {
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_REUSEADDR) {
            reuseAddress = value != 0;
            return 0;
        }
        if (level == SocketOptions.SOL_SOCKET && name == SocketOptions.SO_LINGER) {
            lingerSeconds = Math.max(NO_LINGER, value);
            return 0;
        }
        return TcpConfigOptions.set(config, level, name, value);
    }

    /**
     * @param live the configuration that is in use
     */
    int get(final int level, final int name, final TcpConfig live) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SocketOptions.SO_REUSEADDR:
                    return reuseAddress ? 1 : 0;
                case SocketOptions.SO_LINGER:
                    return lingerSeconds;
                case SocketOptions.SO_TYPE:
                    return SocketOptions.SOCK_STREAM;
                case SocketOptions.SO_DOMAIN:
                    return SocketOptions.AF_INET;
                case SocketOptions.SO_PROTOCOL:
                    return SocketOptions.IPPROTO_TCP;
                default:
                    break;
            }
        }
        return TcpConfigOptions.get(live, level, name);
    }
}
