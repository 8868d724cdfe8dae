package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An option of Neighbor Discovery (RFC 4861 4.6), read and written in place. {@code option} is the offset of its type.
 * Lengths on the wire are in units of 8 bytes; here they are in bytes.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |    Length     |  link-layer address, nonce ...
 *   +---------------+---------------+---------------+-+-+-----------+
 *   |      3        |       4       | Prefix Length |L|A|           |  prefix information
 *   +---------------+---------------+---------------+-+-+-----------+
 *   |                        Valid Lifetime                         |
 *   |                      Preferred Lifetime                       |
 *   |                           Reserved                            |
 *   |                       Prefix (16 bytes)                       |
 *   +---------------+---------------+-------------------------------+
 *   |      5        |       1       |           Reserved            |  MTU
 *   |                              MTU                              |
 *   +---------------+---------------+---------------+-----+---+-----+
 *   |      24       |   1, 2 or 3   | Prefix Length |     |Prf|     |  route information (RFC 4191 2.3)
 *   |                        Route Lifetime                         |
 *   |                  Prefix (0, 8 or 16 bytes)                    |
 *   +---------------+---------------+-------------------------------+
 *   |   25 or 31    |    Length     |           Reserved            |  DNS servers, search list (RFC 8106 5)
 *   |                           Lifetime                            |
 *   |                addresses of servers, or names                 |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class NdpOption {

    public static final int SOURCE_LINK_ADDRESS = 1;
    public static final int TARGET_LINK_ADDRESS = 2;
    public static final int PREFIX_INFORMATION = 3;
    public static final int MTU = 5;
    public static final int NONCE = 14;
    public static final int ROUTE_INFORMATION = 24;
    public static final int DNS_SERVERS = 25;
    public static final int DNS_SEARCH_LIST = 31;

    /** The unit of the length field. */
    public static final int UNIT = 8;

    public static final int LINK_ADDRESS_LENGTH = 8;
    public static final int NONCE_LENGTH = 8;
    public static final int MTU_LENGTH = 8;
    public static final int PREFIX_INFORMATION_LENGTH = 32;

    private static final int LENGTH_OFFSET = 1;
    private static final int PREFIX_LENGTH_OFFSET = 2;
    private static final int FLAGS_OFFSET = 3;
    private static final int LIFETIME_OFFSET = 4;
    private static final int PREFERRED_OFFSET = 8;
    private static final int PREFIX_OFFSET = 16;
    private static final int ROUTE_PREFIX_OFFSET = 8;
    private static final int MTU_OFFSET = 4;

    private NdpOption() {}

    public static int type(final ByteBuffer bytes, final int option) {
        return bytes.get(option) & 0xFF;
    }

    /** The length in bytes, type and length included. */
    public static int length(final ByteBuffer bytes, final int option) {
        return (bytes.get(option + LENGTH_OFFSET) & 0xFF) * UNIT;
    }

    /** The 48 bits of an Ethernet address (RFC 2464 6). */
    public static long linkAddress(final ByteBuffer bytes, final int option) {
        return bytes.getLong(option) & 0xFFFF_FFFF_FFFFL;
    }

    /** The 48 bits of a nonce of the shortest form (RFC 3971 5.3.2, RFC 7527 4.1). */
    public static long nonce(final ByteBuffer bytes, final int option) {
        return bytes.getLong(option) & 0xFFFF_FFFF_FFFFL;
    }

    /** The length in bits of the prefix of a prefix or route option, 0 to 255 as sent. */
    public static int prefixLength(final ByteBuffer bytes, final int option) {
        return bytes.get(option + PREFIX_LENGTH_OFFSET) & 0xFF;
    }

    /** L: the prefix is on the link. */
    public static boolean isOnLink(final ByteBuffer bytes, final int option) {
        return (bytes.get(option + FLAGS_OFFSET) & 0x80) != 0;
    }

    /** A: hosts may form addresses from the prefix. */
    public static boolean isAutonomous(final ByteBuffer bytes, final int option) {
        return (bytes.get(option + FLAGS_OFFSET) & 0x40) != 0;
    }

    /** The (valid) lifetime in seconds, of a prefix, route or DNS option. */
    public static long lifetime(final ByteBuffer bytes, final int option) {
        return bytes.getInt(option + LIFETIME_OFFSET) & 0xFFFF_FFFFL;
    }

    /** The preferred lifetime of a prefix, in seconds. */
    public static long preferredLifetime(final ByteBuffer bytes, final int option) {
        return bytes.getInt(option + PREFERRED_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Bits 127 to 64 of the prefix of a prefix information option. */
    public static long prefixHigh(final ByteBuffer bytes, final int option) {
        return bytes.getLong(option + PREFIX_OFFSET);
    }

    public static long prefixLow(final ByteBuffer bytes, final int option) {
        return bytes.getLong(option + PREFIX_OFFSET + 8);
    }

    /** Preference of a route: 1 high, 0 medium, -1 low; {@link Integer#MIN_VALUE} for the reserved value. */
    public static int routePreference(final ByteBuffer bytes, final int option) {
        final int flags = bytes.get(option + FLAGS_OFFSET);
        return (flags >>> 3 & 3) == 2 ? Integer.MIN_VALUE : NdpMessage.preference(flags);
    }

    /** Bits 127 to 64 of the prefix of a route, of which a short option has none. */
    public static long routeHigh(final ByteBuffer bytes, final int option) {
        return length(bytes, option) > UNIT ? bytes.getLong(option + ROUTE_PREFIX_OFFSET) : 0;
    }

    public static long routeLow(final ByteBuffer bytes, final int option) {
        return length(bytes, option) > 2 * UNIT ? bytes.getLong(option + ROUTE_PREFIX_OFFSET + 8) : 0;
    }

    /** The MTU of an MTU option. */
    public static long mtu(final ByteBuffer bytes, final int option) {
        return bytes.getInt(option + MTU_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Writes an option with 48 bits: an Ethernet address or a nonce. */
    public static void write48(final ByteBuffer bytes, final int option, final int type, final long value) {
        bytes.putLong(option, (long) type << 56 | 1L << 48 | value & 0xFFFF_FFFF_FFFFL);
    }
}
