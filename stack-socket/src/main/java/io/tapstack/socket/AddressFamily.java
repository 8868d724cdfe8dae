package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;

/** The family of a socket's addresses. */
public enum AddressFamily {

    /** {@code AF_INET}: IPv4 alone (ip(7)). */
    IPV4(SocketOptions.AF_INET, IpAddress.ANY_IPV4),

    /** {@code AF_INET6}: IPv6, and IPv4 by IPv4-mapped addresses unless IPV6_V6ONLY is set (ipv6(7), RFC 3493 3.7). */
    IPV6(SocketOptions.AF_INET6, IpAddress.ANY_IPV6);

    private final int number;
    private final IpAddress any;

    AddressFamily(final int number, final IpAddress any) {
        this.number = number;
        this.any = any;
    }

    /** The family of {@code address}. */
    public static AddressFamily of(final IpAddress address) {
        return address.isIpv4() ? IPV4 : IPV6;
    }

    /** Linux's number, as in SO_DOMAIN. */
    public int number() {
        return number;
    }

    /** The address that stands for all of ours. */
    public IpAddress any() {
        return any;
    }

    /** Any address, and a port. */
    Endpoint any(final int port) {
        return new Endpoint(any, port);
    }

    /**
     * Checks the address of a peer.
     *
     * @return 0, or as on Linux {@code -EAFNOSUPPORT} for a socket of IPv4, {@code -ENETUNREACH} with IPV6_V6ONLY
     */
    int peer(final Endpoint peer, final boolean ipv6Only) {
        if (this == IPV4 && !peer.address().isIpv4()) {
            return -SocketError.EAFNOSUPPORT.errno();
        }
        return ipv6Only && peer.address().isIpv4() ? -SocketError.ENETUNREACH.errno() : 0;
    }

    /**
     * Checks an address to bind to.
     *
     * @return 0, or as on Linux {@code -EAFNOSUPPORT} for a socket of IPv4, {@code -EINVAL} with IPV6_V6ONLY
     */
    int local(final Endpoint local, final boolean ipv6Only) {
        if (this == IPV4 && !local.address().isIpv4()) {
            return -SocketError.EAFNOSUPPORT.errno();
        }
        return ipv6Only && local.address().isIpv4() ? -SocketError.EINVAL.errno() : 0;
    }
}
