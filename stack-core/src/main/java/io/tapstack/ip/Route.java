package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route to a range of addresses.
 *
 * @param network the first address of the range
 * @param prefixLength 0 for the default route, 32 for one host
 * @param gateway the next hop, or null if the addresses are on the link
 */
public record Route(
        IpAddress network, int prefixLength, @Nullable IpAddress gateway, NetworkInterface networkInterface) {

    public Route {
        if (!network.isIpv4() || prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException(network + "/" + prefixLength + " is not a range of IPv4 addresses");
        }
        if ((network.ipv4Bits() & ~InterfaceAddress.mask(prefixLength)) != 0) {
            throw new IllegalArgumentException(network + "/" + prefixLength + " has bits behind its prefix");
        }
        if (gateway != null && !gateway.isIpv4()) {
            throw new IllegalArgumentException(gateway + " is not an IPv4 address");
        }
    }

    boolean matches(final int destination) {
        return (destination & InterfaceAddress.mask(prefixLength)) == network.ipv4Bits();
    }
}
