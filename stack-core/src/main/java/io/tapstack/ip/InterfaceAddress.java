package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * Our address on a link, with the prefix length of its subnet.
 *
 * @param prefixLength 0 to 32
 */
public record InterfaceAddress(IpAddress address, int prefixLength) {

    public InterfaceAddress {
        if (!address.isIpv4()) {
            throw new IllegalArgumentException(address + " is not an IPv4 address");
        }
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " is not between 0 and 32");
        }
        if (address.isAny() || address.isMulticast() || address.isLoopback() || address.isLimitedBroadcast()) {
            throw new IllegalArgumentException(address + " cannot be the address of a host");
        }
    }

    /**
     * Parses an address with a prefix length, such as {@code 10.0.0.2/24}.
     *
     * @throws IllegalArgumentException if {@code text} is not such an address
     */
    public static InterfaceAddress parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException("'" + text + "' is not an address with a prefix such as 10.0.0.2/24");
        }
        return new InterfaceAddress(
                IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The bits of the network mask of {@code prefixLength}. */
    static int mask(final int prefixLength) {
        return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
    }

    /** The 32 bits of the subnet's first address. */
    int networkBits() {
        return address.ipv4Bits() & mask(prefixLength);
    }

    /** True if {@code bits} is the subnet's directed broadcast address; there is none in a /31 or /32 (RFC 3021). */
    boolean isDirectedBroadcast(final int bits) {
        return prefixLength < 31 && bits == (networkBits() | ~mask(prefixLength));
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
