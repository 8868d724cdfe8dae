package io.tapstack.socket;

import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpConfig;

/** The options of one {@link StreamSocket}: TCP's configuration, and what concerns the socket alone. Used inside the door. */
final class StreamOptions {

    static final int NO_LINGER = -1;

    /** What a listener or a connection of this socket is made with. */
    final TcpConfig config;

    boolean reuseAddress;

    /** See {@link StreamSocket#lingerSeconds(int)}. */
    int lingerSeconds;

    /** SO_REUSEPORT. */
    boolean reusePort;

    private final InertOptions inert;

    /** SO_RCVLOWAT. */
    int receiveLowWater = 1;

    /** What TCP_QUICKACK was last set to while there was no connection. */
    boolean quickAck = true;

    /** The defaults of a layer. */
    StreamOptions(final TcpConfig defaults) {
        this.config = defaults.copy();
        this.inert = new InertOptions();
        this.lingerSeconds = NO_LINGER;
    }

    /** What an accepted socket has from its listener. */
    StreamOptions(final StreamOptions inherited) {
        this.config = inherited.config.copy();
        this.inert = new InertOptions(inherited.inert);
        this.reuseAddress = inherited.reuseAddress;
        this.reusePort = inherited.reusePort;
        this.lingerSeconds = inherited.lingerSeconds;
        this.receiveLowWater = inherited.receiveLowWater;
    }

    PortSharing sharing() {
        return new PortSharing(reuseAddress, reusePort);
    }

    int set(final int level, final int name, final int value) {
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

    /**
     * @param live the configuration that is in use
     */
    int get(final int level, final int name, final TcpConfig live) {
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
                    return SocketOptions.AF_INET;
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
