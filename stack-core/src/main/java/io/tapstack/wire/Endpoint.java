package io.tapstack.wire;

/**
 * An address and a port: one end of a connection, RFC 9293's "socket".
 *
 * @param port 0 to 65,535; 0 stands for "any" where a call allows it
 */
public record Endpoint(IpAddress address, int port) {

    public Endpoint {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
    }

    /** Any IPv4 address, and a port. */
    public static Endpoint anyIpv4(final int port) {
        return new Endpoint(IpAddress.ANY_IPV4, port);
    }

    /** Any address of either family, and a port. */
    public static Endpoint anyIpv6(final int port) {
        return new Endpoint(IpAddress.ANY_IPV6, port);
    }

    /** {@code 10.0.0.2:80}, or {@code [2001:db8::2]:80} (RFC 5952 6). */
    @Override
    public String toString() {
        return address.isIpv4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
