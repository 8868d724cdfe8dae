package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route to a range of addresses.
 *
 * @param network the first address of the range
 * @param prefixLength 0 for the default route of its family; 32 or 128 for one host
 * @param gateway the next hop, or null if the addresses are on the link
 */
public record Route(
        IpAddress network, int prefixLength, @Nullable IpAddress gateway, NetworkInterface networkInterface) {

    public Route {
        if (prefixLength < 0 || prefixLength > network.bitLength()) {
            throw new IllegalArgumentException(network + "/" + prefixLength + " is not a range of addresses");
        }
        if (!network.prefix(prefixLength).equals(network)) {
            throw new IllegalArgumentException(network + "/" + prefixLength + " has bits behind its prefix");
        }
        if (gateway != null && gateway.isIpv4() != network.isIpv4()) {
            throw new IllegalArgumentException(
                    gateway + " and " + network + "/" + prefixLength + " are of different families");
        }
    }

    /** True if the range has the address of these halves. */
    boolean matches(final long high, final long low) {
        return IpAddress.hasPrefix(high, low, network, prefixLength);
    }
}
