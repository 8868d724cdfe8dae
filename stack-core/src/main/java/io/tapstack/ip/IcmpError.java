package io.tapstack.ip;

import io.tapstack.error.SocketError;

/**
 * What an ICMP error means to a transport (RFC 792, RFC 1122 3.2.2.1): the errno that it becomes for an application,
 * and whether a connected UDP socket is told (RFC 1122 4.1.3.3). As on Linux that is what says that something is
 * forbidden or not there, not what may pass. TCP goes by the state of the connection instead (RFC 5461).
 */
public enum IcmpError {
    NET_UNREACHABLE(SocketError.ENETUNREACH, false),
    HOST_UNREACHABLE(SocketError.EHOSTUNREACH, false),
    PROTOCOL_UNREACHABLE(SocketError.ENOPROTOOPT, true),
    PORT_UNREACHABLE(SocketError.ECONNREFUSED, true),
    FRAGMENTATION_NEEDED(SocketError.EMSGSIZE, true),
    SOURCE_ROUTE_FAILED(SocketError.EOPNOTSUPP, false),
    /** The network is not known, or forbidden. */
    NET_REFUSED(SocketError.ENETUNREACH, true),
    /** The host is forbidden, or what was sent to it. */
    HOST_REFUSED(SocketError.EHOSTUNREACH, true),
    TIME_EXCEEDED(SocketError.EHOSTUNREACH, false),
    PARAMETER_PROBLEM(SocketError.EPROTO, true);

    private final SocketError error;
    private final boolean hard;

    IcmpError(final SocketError error, final boolean hard) {
        this.error = error;
        this.hard = hard;
    }

    /** What an application is told, if it is told. */
    public SocketError socketError() {
        return error;
    }

    /** True if a connected UDP socket is told. */
    public boolean isHard() {
        return hard;
    }
}
