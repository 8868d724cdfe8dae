package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StackSocket;
import io.tapstack.wire.Endpoint;

/**
 * A socket address as a system call has it: {@code struct sockaddr_in} or {@code struct sockaddr_in6}.
 *
 * @param family of the structure; an IPv4-mapped address in {@code struct sockaddr_in6} is of IPv6
 * @param scope {@code sin6_scope_id}: the interface of an address that means a host of one link, or 0; of IPv4 0
 */
public record SocketName(AddressFamily family, Endpoint endpoint, int scope) {

    /** The name as {@code family} has it, with the interface of a link-local address. */
    public static SocketName of(final AddressFamily family, final Endpoint endpoint) {
        return new SocketName(
                family, endpoint, family == AddressFamily.IPV6 ? ControlWriter.scope(endpoint.address()) : 0);
    }

    /**
     * Checks the structure for {@code bind} and {@code connect}.
     *
     * @return 0, or a negative errno as on Linux: EAFNOSUPPORT for IPv6 at a socket of IPv4; EINVAL for {@code struct
     *     sockaddr_in}, which is too short, at one of IPv6, except to connect datagrams without IPV6_V6ONLY; EINVAL for
     *     a link-local address without an interface; for an interface that does not exist ENODEV to bind, ENETUNREACH
     *     to connect
     */
    int check(final StackSocket socket, final boolean connects) {
        if (socket.family() == AddressFamily.IPV4) {
            return family == AddressFamily.IPV4 ? 0 : -SocketError.EAFNOSUPPORT.errno();
        }
        if (family == AddressFamily.IPV4) {
            if (!connects || !(socket instanceof DatagramSocket)) {
                return -SocketError.EINVAL.errno();
            }
            final int only = socket.option(SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_V6ONLY);
            return only == 1 ? -SocketError.EAFNOSUPPORT.errno() : 0;
        }
        if (ControlWriter.scope(endpoint.address()) == 0) {
            return 0;
        }
        if (scope == 0) {
            return -SocketError.EINVAL.errno();
        }
        if (scope == ControlWriter.INTERFACE_INDEX) {
            return 0;
        }
        return connects ? -SocketError.ENETUNREACH.errno() : -LinuxErrno.ENODEV;
    }
}
