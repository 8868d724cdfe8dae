package io.tapstack.socket;

/**
 * The options of level {@code IPPROTO_IPV6} that have a twin of level {@code IPPROTO_IP}, with which they share a
 * value: a socket has one traffic class, one hop limit and one use of the path MTU for both families. On Linux the two
 * are apart.
 */
final class Ipv6Options {

    /** There is no twin. */
    static final int NONE = -1;

    private static final int DEFAULT = -1;
    private static final int MOST = 255;

    private Ipv6Options() {}

    /** The name of the twin, or {@link #NONE}. */
    static int twin(final int name) {
        return switch (name) {
            case SocketOptions.IPV6_UNICAST_HOPS -> SocketOptions.IP_TTL;
            case SocketOptions.IPV6_TCLASS -> SocketOptions.IP_TOS;
            case SocketOptions.IPV6_MTU_DISCOVER -> SocketOptions.IP_MTU_DISCOVER;
            case SocketOptions.IPV6_MTU -> SocketOptions.IP_MTU;
            case SocketOptions.IPV6_RECVERR -> SocketOptions.IP_RECVERR;
            default -> NONE;
        };
    }

    /** True if the value is in the range of Linux. */
    static boolean isIn(final int name, final int value) {
        return switch (name) {
            case SocketOptions.IPV6_TCLASS, SocketOptions.IPV6_UNICAST_HOPS -> value >= DEFAULT && value <= MOST;
            default -> true;
        };
    }

    /** The value of the twin. */
    static int value(final int name, final int value) {
        return name == SocketOptions.IPV6_TCLASS && value == DEFAULT ? 0 : value;
    }
}
