package io.tapstack.wire;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address; an immutable value of 128 bits. An IPv4 address is the IPv4-mapped one,
 * {@code ::ffff:a.b.c.d} (RFC 4291 2.5.5.2), so tables have one key for both families, and transports keep and compare
 * addresses without looking at the family.
 *
 * <p>A zone (RFC 4007) is no part of the address; it is kept beside an address of limited scope.
 */
public final class IpAddress implements Comparable<IpAddress> {

    /** Bits 63 to 32 of an IPv4 address; bits 127 to 64 are 0. */
    private static final long IPV4_PREFIX = 0xFFFF_0000_0000L;

    private static final long LOW_32 = 0xFFFF_FFFFL;

    /** 0.0.0.0: no IPv4 address, or any. */
    public static final IpAddress ANY_IPV4 = ipv4(0);

    /** ::, the unspecified address: no address, or any address. */
    public static final IpAddress ANY_IPV6 = ipv6(0, 0);

    /** ::1. */
    public static final IpAddress LOOPBACK_IPV6 = ipv6(0, 1);

    /** 255.255.255.255, the limited broadcast address. */
    public static final IpAddress BROADCAST_IPV4 = ipv4(0xFFFF_FFFF);

    private final long high;
    private final long low;

    private IpAddress(final long high, final long low) {
        this.high = high;
        this.low = low;
    }

    /** An IPv4 address from its 32 bits. */
    public static IpAddress ipv4(final int bits) {
        return new IpAddress(0, ipv4Low(bits));
    }

    /** An address from its 128 bits; an IPv4 address if they are those of an IPv4-mapped one. */
    public static IpAddress ipv6(final long high, final long low) {
        return new IpAddress(high, low);
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
     * Parses four decimal numbers with dots, or an IPv6 address in a form of RFC 4291 2.2. Decimal numbers with leading
     * zeros are refused, as some parsers take them for octal; so is a zone.
     *
     * @throws IllegalArgumentException if {@code text} is not an address
     */
    public static IpAddress parse(final String text) {
        final IpAddress address = text.indexOf(':') < 0 ? parseIpv4(text) : AddressText.parseIpv6(text);
        if (address == null) {
            throw new IllegalArgumentException("'" + text + "' is not an address such as 10.0.0.2 or 2001:db8::2");
        }
        return address;
    }

    private static @Nullable IpAddress parseIpv4(final String text) {
        final OptionalInt bits = AddressText.parseIpv4(text);
        return bits.isPresent() ? ipv4(bits.getAsInt()) : null;
    }

    /** The lower half of an IPv4 address, whose upper half is 0. */
    public static long ipv4Low(final int bits) {
        return IPV4_PREFIX | bits & LOW_32;
    }

    /** True if an address of these halves is an IPv4 address. */
    public static boolean isIpv4(final long high, final long low) {
        return high == 0 && low >>> 32 == IPV4_PREFIX >>> 32;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /** The 32 bits of an IPv4 address. */
    public int ipv4Bits() {
        assert isIpv4();
        return (int) low;
    }

    /** Bits 127 to 64; 0 for IPv4. */
    public long high() {
        return high;
    }

    /** Bits 63 to 0; of an IPv4 address as {@link #ipv4Low} makes them. */
    public long low() {
        return low;
    }

    /** 0.0.0.0 or ::. */
    public boolean isAny() {
        return high == 0 && (low == 0 || low == IPV4_PREFIX);
    }

    /** Class D, or ff00::/8. */
    public boolean isMulticast() {
        return isIpv4() ? (int) low >>> 28 == 0xE : high >>> 56 == 0xFF;
    }

    /** 255.255.255.255. A subnet's broadcast address is known to its interface only. */
    public boolean isLimitedBroadcast() {
        return isIpv4() && (int) low == -1;
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
        return isIpv4() ? (int) low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 2.5.6): an address that means a host of one link only. */
    public boolean isLinkLocal() {
        return isIpv4() ? (int) low >>> 16 == 0xA9FE : high >>> 54 == 0xFE80 >>> 6;
    }

    /** fc00::/7: an address that a site gives itself (RFC 4193). */
    public boolean isUniqueLocal() {
        return high >>> 57 == 0xFC >>> 1;
    }

    /** True if the first {@code length} bits are those of {@code prefix}; of IPv4 32 bits count, else 128. */
    public boolean hasPrefix(final IpAddress prefix, final int length) {
        return hasPrefix(high, low, prefix, length);
    }

    /** The same for an address in halves. */
    public static boolean hasPrefix(final long high, final long low, final IpAddress prefix, final int length) {
        final boolean ipv4 = isIpv4(high, low);
        if (ipv4 != prefix.isIpv4()) {
            return false;
        }
        final int bits = ipv4 ? length + 96 : length;
        return ((high ^ prefix.high) & upperMask(bits)) == 0 && ((low ^ prefix.low) & upperMask(bits - 64)) == 0;
    }

    /** The address with all bits behind the first {@code length} cleared; of IPv4 32 bits count, else 128. */
    public IpAddress prefix(final int length) {
        final int bits = isIpv4() ? length + 96 : length;
        return new IpAddress(high & upperMask(bits), low & upperMask(bits - 64));
    }

    /** 64 bits of which the first {@code length} are ones: none if it is negative, all if it is 64 or more. */
    private static long upperMask(final int length) {
        return length <= 0 ? 0 : length >= 64 ? -1 : -1L << (64 - length);
    }

    /** The bits of an address of this family: 32 or 128. */
    public int bitLength() {
        return isIpv4() ? 32 : 128;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] toBytes() {
        return isIpv4() ? ByteBuffer.allocate(4).putInt((int) low).array() : toIpv6Bytes();
    }

    /** 16 bytes in network order; an IPv4 address is an IPv4-mapped one. */
    public byte[] toIpv6Bytes() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /**
     * The part in the pseudo-header's sum of an address of these halves (RFC 9293 3.1, RFC 8200 8.1). The mapped prefix
     * of an IPv4 address adds nothing to it.
     */
    public static long checksumPart(final long high, final long low) {
        return isIpv4(high, low) ? low & LOW_32 : (high >>> 32) + (high & LOW_32) + (low >>> 32) + (low & LOW_32);
    }

    /** The order of the 128 bits as an unsigned number. */
    @Override
    public int compareTo(final IpAddress other) {
        final int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    /** The text of RFC 5952; of IPv4 four decimal numbers with dots. */
    @Override
    public String toString() {
        final int bits = (int) low;
        return isIpv4()
                ? (bits >>> 24) + "." + (bits >>> 16 & 0xFF) + "." + (bits >>> 8 & 0xFF) + "." + (bits & 0xFF)
                : AddressText.printIpv6(high, low);
    }
}
