package io.tapstack.ip;

import io.tapstack.error.SocketError;

/**
 * The meaning of an ICMP error for a transport (RFC 792, RFC 1122 3.2.2.1, RFC 4443): the errno for an application, and
 * whether a connected UDP socket is told (RFC 1122 4.1.3.3). As on Linux, it is told of destinations that are forbidden
 * or do not exist, not of conditions that may pass. TCP goes by the state of the connection instead (RFC 5461).
 */
public enum IcmpError {
    NET_UNREACHABLE(SocketError.ENETUNREACH, false),
    HOST_UNREACHABLE(SocketError.EHOSTUNREACH, false),
    PROTOCOL_UNREACHABLE(SocketError.ENOPROTOOPT, true),
    PORT_UNREACHABLE(SocketError.ECONNREFUSED, true),
    FRAGMENTATION_NEEDED(SocketError.EMSGSIZE, true),
    SOURCE_ROUTE_FAILED(SocketError.EOPNOTSUPP, false),
    /** The network is unknown or forbidden. */
    NET_REFUSED(SocketError.ENETUNREACH, true),
    /** The host, or the traffic to it, is forbidden. */
    HOST_REFUSED(SocketError.EHOSTUNREACH, true),
    /** A filter or a policy forbids the traffic (RFC 4443 3.1). */
    PROHIBITED(SocketError.EACCES, true),
    TIME_EXCEEDED(SocketError.EHOSTUNREACH, false),
    PARAMETER_PROBLEM(SocketError.EPROTO, true),
    /**
     * An error of a type that is unknown here, which the sender of the packet is told all the same (RFC 4443 2.4 a).
     */
    UNKNOWN(SocketError.EPROTO, false);

    private final SocketError error;
    private final boolean hard;

    IcmpError(final SocketError error, final boolean hard) {
        this.error = error;
        this.hard = hard;
    }

    /** The error for an application. */
    public SocketError socketError() {
        return error;
    }

    /** True if a connected UDP socket is told. */
    public boolean isHard() {
        return hard;
    }
}
