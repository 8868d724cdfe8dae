package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Converts addresses between the stack's types and those of {@code java.net}. */
public final class InetEndpoints {

    private InetEndpoints() {}

    /** @throws UnknownHostException if {@code address} is a name that was not resolved */
    public static Endpoint endpoint(final InetSocketAddress address) throws UnknownHostException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        return new Endpoint(ipAddress(address.getAddress()), address.getPort());
    }

    /** The JDK's any-address may be that of IPv6, which then stands for IPv4's as well. */
    private static IpAddress ipAddress(final InetAddress address) {
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
