package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Converts addresses between the stack's types and those of {@code java.net}. */
public final class InetEndpoints {

    private InetEndpoints() {}

    /**
     * @throws UnknownHostException if {@code address} is a name that was not resolved
     * @throws SocketException if it is an IPv6 address other than any and those that stand for IPv4 addresses
     */
    public static Endpoint endpoint(final InetSocketAddress address) throws UnknownHostException, SocketException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        return new Endpoint(ipAddress(address.getAddress()), address.getPort());
    }

    /** The JDK's any-address may be that of IPv6, which then stands for IPv4's as well. */
    private static IpAddress ipAddress(final InetAddress address) throws SocketException {
        if (address instanceof Inet6Address && !address.isAnyLocalAddress()) {
            // The stack would look for a route, and find none, which is true and does not help.
            throw new SocketException("only IPv4 is supported so far");
        }
        return address.isAnyLocalAddress() ? IpAddress.ANY_IPV4 : IpAddress.of(address.getAddress());
    }

    public static InetSocketAddress socketAddress(final Endpoint endpoint) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(endpoint.address().toBytes()), endpoint.port());
        } catch (final UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }
}
