package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Converts addresses between the stack's types and those of {@code java.net}. */
public final class InetEndpoints {

    private InetEndpoints() {}

    /**
     * Converts an address. As in the JDK, the any-address of either family stands for all addresses of both.
     *
     * @throws UnknownHostException if {@code address} is a name that was not resolved
     */
    public static Endpoint endpoint(final InetSocketAddress address) throws UnknownHostException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        return new Endpoint(ipAddress(address.getAddress()), address.getPort());
    }

    private static IpAddress ipAddress(final InetAddress address) {
        return address.isAnyLocalAddress() ? IpAddress.ANY_IPV6 : IpAddress.of(address.getAddress());
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
