package io.tapstack.tap;

import io.tapstack.wire.IpAddress;

/**
 * The address of the host's end of a TAP, with its network: {@code 10.0.0.1/24}.
 *
 * @param address an IPv4 address
 * @param prefixLength bits of the network, 1 to 32
 */
public record HostAddress(IpAddress address, int prefixLength) {

    public HostAddress {
        if (!address.isIpv4() || address.isAny() || address.isMulticast() || address.isLimitedBroadcast()) {
            throw new IllegalArgumentException(address + " cannot be the host's IPv4 address on a TAP");
        }
        if (prefixLength < 1 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " is not between 1 and 32");
        }
    }

    /**
     * Parses an address, a slash and the number of network bits.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static HostAddress parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException("'" + text + "' is not an address with a prefix such as 10.0.0.1/24");
        }
        return new HostAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The network mask. */
    public IpAddress mask() {
        return IpAddress.ipv4(-1 << (32 - prefixLength));
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
