package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * The local addresses of a socket: one address, all addresses of a family, or all addresses. A socket at 0.0.0.0 takes
 * IPv4 alone; one at :: takes both families, and IPv6 alone with IPV6_V6ONLY (RFC 3493 3.7 and 5.3).
 *
 * @param ipv6Only IPV6_V6ONLY; of no effect unless the address is ::
 */
public record BoundAddress(IpAddress address, boolean ipv6Only) {

    /** One address, or all that "any" stands for without IPV6_V6ONLY. */
    public static BoundAddress of(final IpAddress address) {
        return new BoundAddress(address, false);
    }

    /** True if the socket has no address of its own. */
    public boolean isAny() {
        return address.isAny();
    }

    /** True if the socket takes packets to an address, given in halves. */
    public boolean accepts(final long high, final long low) {
        if (!address.isAny()) {
            return address.low() == low && address.high() == high;
        }
        return IpAddress.isIpv4(high, low) ? isIpv4OrBoth() : !address.isIpv4();
    }

    /** True if the socket takes packets to {@code local}. */
    public boolean accepts(final IpAddress local) {
        return accepts(local.high(), local.low());
    }

    /** True if the socket may send to a peer of the family of {@code remote}. */
    public boolean reaches(final IpAddress remote) {
        return address.isAny() ? accepts(remote) : address.isIpv4() == remote.isIpv4();
    }

    /** True if both sockets take packets to an address: on the same port they conflict. */
    public boolean overlaps(final BoundAddress other) {
        return isAny() && other.isAny()
                ? !address.isIpv4() && !other.address.isIpv4() || isIpv4OrBoth() && other.isIpv4OrBoth()
                : accepts(other.address) || other.accepts(address);
    }

    /** How exactly the socket names its address: 2 for one address, 1 for all of IPv4, 0 for ::. */
    public int precision() {
        return !address.isAny() ? 2 : address.isIpv4() ? 1 : 0;
    }

    private boolean isIpv4OrBoth() {
        return address.isIpv4() || !ipv6Only;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
