package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/** The scope of an address, as the numbers of a multicast scope (RFC 6724 3.1 and 3.2, RFC 4291 2.7). */
public final class AddressScope {

    public static final int LINK_LOCAL = 2;
    public static final int SITE_LOCAL = 5;
    public static final int GLOBAL = 14;

    private AddressScope() {}

    /** The scope of {@code address}, from 0 to 15; a larger number is a larger scope. */
    public static int of(final IpAddress address) {
        if (address.isIpv4()) {
            final int bits = address.ipv4Bits();
            // RFC 6724 3.2: loopback and 169.254.0.0/16 are link-local; a private address is global.
            final boolean link = bits >>> 24 == 127 || bits >>> 16 == 0xA9FE || bits >>> 8 == 0xE0_0000;
            return link ? LINK_LOCAL : GLOBAL;
        }
        final long high = address.high();
        if (high >>> 56 == 0xFF) {
            return (int) (high >>> 48) & 0xF;
        }
        if (high >>> 54 == 0x3FA || address.isLoopback()) {
            // fe80::/10; RFC 6724 3.4 gives the loopback address link-local scope.
            return LINK_LOCAL;
        }
        return high >>> 54 == 0x3FB ? SITE_LOCAL : GLOBAL;
    }
}
