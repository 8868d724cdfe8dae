package io.tapstack.tap;

import io.tapstack.wire.IpAddress;

/**
 * An address of the host's end of a TAP, with its network: {@code 10.0.0.1/24} or {@code 2001:db8::1/64}.
 *
 * @param address of either family
 * @param prefixLength bits of the network, 1 to 32 of IPv4, 1 to 128 of IPv6
 */
public record HostAddress(IpAddress address, int prefixLength) {

    public HostAddress {
        if (address.isAny() || address.isMulticast() || address.isLimitedBroadcast()) {
            throw new IllegalArgumentException(address + " cannot be the host's address on a TAP");
        }
        if (prefixLength < 1 || prefixLength > address.bitLength()) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " is not between 1 and " + address.bitLength());
        }
    }

    /**
     * Parses an address, a slash and the number of network bits.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static HostAddress parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not an address with a prefix such as 10.0.0.1/24");
        }
        return new HostAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The network mask of an IPv4 address. */
    public IpAddress mask() {
        return IpAddress.ipv4(-1 << (32 - prefixLength));
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
