package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * Our address on a link, with the prefix length of its subnet.
 *
 * @param prefixLength 0 to 32; of IPv6 0 to 128
 */
public record InterfaceAddress(IpAddress address, int prefixLength) {

    public InterfaceAddress {
        if (prefixLength < 0 || prefixLength > address.bitLength()) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " is not between 0 and " + address.bitLength());
        }
        if (address.isAny() || address.isMulticast() || address.isLoopback() || address.isLimitedBroadcast()) {
            throw new IllegalArgumentException(address + " cannot be the address of a host");
        }
    }

    /**
     * Parses an address with a prefix length, such as {@code 10.0.0.2/24} or {@code 2001:db8::2/64}.
     *
     * @throws IllegalArgumentException if {@code text} is not such an address
     */
    public static InterfaceAddress parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not an address with a prefix such as 10.0.0.2/24");
        }
        return new InterfaceAddress(
                IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The first address of the subnet. */
    public IpAddress network() {
        return address.prefix(prefixLength);
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
