package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The messages of Neighbor Discovery (RFC 4861 4) behind the 4 bytes that every ICMPv6 message starts with, read and
 * written in place. {@code message} is the offset of the ICMPv6 type. Options ({@link NdpOption}) follow.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |                           Reserved                            |  router solicitation (133): 8 bytes
 *   +---------------+-+-+-+---+-----+-------------------------------+
 *   | Cur Hop Limit |M|O|H|Prf|     |        Router Lifetime        |  router advertisement (134): 16 bytes
 *   +---------------+-+-+-+---+-----+-------------------------------+
 *   |                        Reachable Time                         |
 *   +---------------------------------------------------------------+
 *   |                         Retrans Timer                         |
 *   +-+-+-+---------------------------------------------------------+
 *   |R|S|O|                      Reserved                           |  neighbor solicitation (135) and
 *   +-+-+-+---------------------------------------------------------+  advertisement (136): 24 bytes
 *   |                  Target Address (16 bytes)                    |  redirect (137): 40 bytes
 *   +---------------------------------------------------------------+
 *   |               Destination Address (16 bytes)                  |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class NdpMessage {

    public static final int SOLICITATION_LENGTH = 8;
    public static final int ADVERTISEMENT_LENGTH = 16;
    public static final int NEIGHBOR_LENGTH = 24;
    public static final int REDIRECT_LENGTH = 40;

    public static final int FLAGS_OFFSET = 4;
    public static final int TARGET_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    public static final int HOP_LIMIT_OFFSET = 4;
    public static final int ROUTER_FLAGS_OFFSET = 5;
    public static final int ROUTER_LIFETIME_OFFSET = 6;
    public static final int REACHABLE_TIME_OFFSET = 8;
    public static final int RETRANS_TIMER_OFFSET = 12;

    /** Flags of a neighbour advertisement: the sender is a router; it answers; its address replaces a known one. */
    public static final int ROUTER = 0x8000_0000;

    public static final int SOLICITED = 0x4000_0000;
    public static final int OVERRIDE = 0x2000_0000;

    private NdpMessage() {}

    /** The length of a message of {@code type} without options, or -1 for a type that is not Neighbor Discovery's. */
    public static int fixedLength(final int type) {
        return switch (type) {
            case Icmpv6Header.ROUTER_SOLICITATION -> SOLICITATION_LENGTH;
            case Icmpv6Header.ROUTER_ADVERTISEMENT -> ADVERTISEMENT_LENGTH;
            case Icmpv6Header.NEIGHBOR_SOLICITATION, Icmpv6Header.NEIGHBOR_ADVERTISEMENT -> NEIGHBOR_LENGTH;
            case Icmpv6Header.REDIRECT -> REDIRECT_LENGTH;
            default -> -1;
        };
    }

    /** {@link #ROUTER}, {@link #SOLICITED} and {@link #OVERRIDE} of a neighbour advertisement. */
    public static int flags(final ByteBuffer bytes, final int message) {
        return bytes.getInt(message + FLAGS_OFFSET);
    }

    public static long targetHigh(final ByteBuffer bytes, final int message) {
        return bytes.getLong(message + TARGET_OFFSET);
    }

    public static long targetLow(final ByteBuffer bytes, final int message) {
        return bytes.getLong(message + TARGET_OFFSET + 8);
    }

    /** The destination that a redirect is about. */
    public static long destinationHigh(final ByteBuffer bytes, final int message) {
        return bytes.getLong(message + DESTINATION_OFFSET);
    }

    public static long destinationLow(final ByteBuffer bytes, final int message) {
        return bytes.getLong(message + DESTINATION_OFFSET + 8);
    }

    /** Cur Hop Limit of a router advertisement; 0 if the router leaves it to the host. */
    public static int hopLimit(final ByteBuffer bytes, final int message) {
        return bytes.get(message + HOP_LIMIT_OFFSET) & 0xFF;
    }

    /** Router Lifetime of a router advertisement, in seconds; 0 if the sender is no default router. */
    public static int routerLifetime(final ByteBuffer bytes, final int message) {
        return bytes.getShort(message + ROUTER_LIFETIME_OFFSET) & 0xFFFF;
    }

    /** The preference of the router: 1 high, 0 medium, -1 low (RFC 4191 2.2); the reserved value counts as medium. */
    public static int routerPreference(final ByteBuffer bytes, final int message) {
        return preference(bytes.get(message + ROUTER_FLAGS_OFFSET));
    }

    /** The two bits of a preference, at bits 4 and 3, as a signed number. */
    static int preference(final int flags) {
        final int bits = flags >>> 3 & 3;
        return bits == 1 ? 1 : bits == 3 ? -1 : 0;
    }

    /** Reachable Time of a router advertisement, in milliseconds; 0 if unspecified. */
    public static long reachableTime(final ByteBuffer bytes, final int message) {
        return bytes.getInt(message + REACHABLE_TIME_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Retrans Timer of a router advertisement, in milliseconds; 0 if unspecified. */
    public static long retransTimer(final ByteBuffer bytes, final int message) {
        return bytes.getInt(message + RETRANS_TIMER_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Writes a router solicitation without options, its checksum zero. */
    public static void writeSolicitation(final ByteBuffer bytes, final int message) {
        bytes.putInt(message, Icmpv6Header.ROUTER_SOLICITATION << 24);
        bytes.putInt(message + FLAGS_OFFSET, 0);
    }

    /** Writes a neighbour solicitation or advertisement without options, its checksum zero. */
    public static void writeNeighbor(
            final ByteBuffer bytes,
            final int message,
            final int type,
            final int flags,
            final long targetHigh,
            final long targetLow) {
        bytes.putInt(message, type << 24);
        bytes.putInt(message + FLAGS_OFFSET, flags);
        bytes.putLong(message + TARGET_OFFSET, targetHigh);
        bytes.putLong(message + TARGET_OFFSET + 8, targetLow);
    }
}
