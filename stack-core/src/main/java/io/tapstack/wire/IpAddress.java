package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address; an immutable value. Transports keep and compare addresses of this type without looking at
 * the family.
 */
public final class IpAddress {

    /** 0.0.0.0: no address, or any address. */
    public static final IpAddress ANY_IPV4 = ipv4(0);

    /** 255.255.255.255, the limited broadcast address. */
    public static final IpAddress BROADCAST_IPV4 = ipv4(0xFFFF_FFFF);

    private final long high;
    private final long low;
    private final boolean isIpv4;

    private IpAddress(final long high, final long low, final boolean isIpv4) {
        this.high = high;
        this.low = low;
        this.isIpv4 = isIpv4;
    }

    /** An IPv4 address from its 32 bits. */
    public static IpAddress ipv4(final int bits) {
        return new IpAddress(0, bits & 0xFFFF_FFFFL, true);
    }

    /** An IPv6 address from its 128 bits. */
    public static IpAddress ipv6(final long high, final long low) {
        return new IpAddress(high, low, false);
    }

    /** From 4 or 16 bytes in network order, as {@code InetAddress.getAddress()} gives them. */
    public static IpAddress of(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> ipv4(buffer.getInt());
            case 16 -> ipv6(buffer.getLong(), buffer.getLong());
            default -> throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    /**
     * Parses four decimal numbers with dots. Leading zeros are refused, as some parsers take them for octal.
     *
     * @throws IllegalArgumentException if {@code text} is not an IPv4 address
     */
    public static IpAddress parse(final String text) {
        final String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 10.0.0.2");
        }
        int bits = 0;
        for (final String part : parts) {
            final boolean valid = part.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(part) <= 255;
            if (!valid) {
                throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 10.0.0.2");
            }
            bits = bits << 8 | Integer.parseInt(part);
        }
        return ipv4(bits);
    }

    public boolean isIpv4() {
        return isIpv4;
    }

    /** The 32 bits of an IPv4 address. */
    public int ipv4Bits() {
        assert isIpv4;
        return (int) low;
    }

    /** Bits 127 to 64; 0 for IPv4. */
    public long high() {
        return high;
    }

    /** Bits 63 to 0; an IPv4 address is in the lower half. */
    public long low() {
        return low;
    }

    /** 0.0.0.0 or ::. */
    public boolean isAny() {
        return high == 0 && low == 0;
    }

    /** Class D, or ff00::/8. */
    public boolean isMulticast() {
        return isIpv4 ? (low >>> 28) == 0xE : (high >>> 56) == 0xFF;
    }

    /** 255.255.255.255. A subnet's broadcast address is known to its interface only. */
    public boolean isLimitedBroadcast() {
        return isIpv4 && low == 0xFFFF_FFFFL;
    }

    /**
     * True if the 32 bits can be those of a host on another link: not in 0.0.0.0/8, which is "this network", and
     * neither a group nor 255.255.255.255 (RFC 1122 3.2.1.3). 240.0.0.0/4 was reserved (RFC 1112 4) and never used
     * otherwise; clouds number hosts with it, and Linux treats it as unicast.
     */
    public static boolean isIpv4Host(final int bits) {
        return bits >>> 24 != 0 && bits >>> 28 != 0xE && bits != -1;
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isIpv4 ? (low >>> 24) == 127 : high == 0 && low == 1;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] toBytes() {
        return isIpv4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** The address's part of the pseudo-header's sum. */
    long checksumPart() {
        return (high >>> 32) + (high & 0xFFFF_FFFFL) + (low >>> 32) + (low & 0xFFFF_FFFFL);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low && isIpv4 == that.isIpv4;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    @Override
    public String toString() {
        if (isIpv4) {
            return (low >>> 24) + "." + (low >>> 16 & 0xFF) + "." + (low >>> 8 & 0xFF) + "." + (low & 0xFF);
        }
        final StringBuilder text = new StringBuilder();
        for (int shift = 112; shift >= 0; shift -= 16) {
            final long word = (shift >= 64 ? high >>> (shift - 64) : low >>> shift) & 0xFFFF;
            text.append(Long.toHexString(word)).append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }
}
