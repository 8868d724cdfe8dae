package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The IPv6 header (RFC 8200 3), read and written in place. {@code header} is the offset of its first byte. Addresses
 * are two halves of 64 bits.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+---------------+---------------------------------------+
 *   |Version| Traffic class |              Flow label               |
 *   +-------+-----------------------+---------------+---------------+
 *   |        Payload length         |  Next header  |   Hop limit   |
 *   +-------------------------------+---------------+---------------+
 *   |                   Source address, 16 bytes                    |
 *   +---------------------------------------------------------------+
 *   |                 Destination address, 16 bytes                 |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6Header {

    public static final int LENGTH = 40;

    /** Largest value of the payload length field. */
    public static final int MAX_PAYLOAD_LENGTH = 65_535;

    /** Smallest MTU of a link (RFC 8200 5). */
    public static final int MIN_MTU = 1_280;

    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    public static final int NEXT_HEADER_OFFSET = 6;
    public static final int HOP_LIMIT_OFFSET = 7;
    public static final int SOURCE_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    /** The bits of a flow label. */
    public static final int FLOW_LABEL_MASK = 0xF_FFFF;

    private Ipv6Header() {}

    public static int version(final ByteBuffer bytes, final int header) {
        return (bytes.get(header) & 0xFF) >>> 4;
    }

    /** DSCP (RFC 2474) and ECN (RFC 3168). */
    public static int trafficClass(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header) >>> 4 & 0xFF;
    }

    /** Overwrites DSCP and ECN. */
    public static void trafficClass(final ByteBuffer bytes, final int header, final int trafficClass) {
        bytes.putShort(header, (short) (bytes.getShort(header) & 0xF00F | trafficClass << 4));
    }

    /** The 20 bits of the flow label (RFC 6437); 0 for none. */
    public static int flowLabel(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header) & FLOW_LABEL_MASK;
    }

    /** Bytes behind this header, extension headers among them. */
    public static int payloadLength(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + PAYLOAD_LENGTH_OFFSET) & 0xFFFF;
    }

    public static void payloadLength(final ByteBuffer bytes, final int header, final int length) {
        bytes.putShort(header + PAYLOAD_LENGTH_OFFSET, (short) length);
    }

    /** The type of the header that follows: an extension header, or a protocol of {@link IpProtocol}. */
    public static int nextHeader(final ByteBuffer bytes, final int header) {
        return bytes.get(header + NEXT_HEADER_OFFSET) & 0xFF;
    }

    public static int hopLimit(final ByteBuffer bytes, final int header) {
        return bytes.get(header + HOP_LIMIT_OFFSET) & 0xFF;
    }

    /** Bits 127 to 64 of the source. */
    public static long sourceHigh(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + SOURCE_OFFSET);
    }

    /** Bits 63 to 0 of the source. */
    public static long sourceLow(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + SOURCE_OFFSET + Long.BYTES);
    }

    /** Bits 127 to 64 of the destination. */
    public static long destinationHigh(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + DESTINATION_OFFSET);
    }

    /** Bits 63 to 0 of the destination. */
    public static long destinationLow(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + DESTINATION_OFFSET + Long.BYTES);
    }

    /** Writes a whole header. */
    public static void write(
            final ByteBuffer bytes,
            final int header,
            final int trafficClass,
            final int flowLabel,
            final int payloadLength,
            final int nextHeader,
            final int hopLimit,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow) {
        bytes.putInt(header, 6 << 28 | trafficClass << 20 | flowLabel);
        bytes.putInt(header + PAYLOAD_LENGTH_OFFSET, payloadLength << 16 | nextHeader << 8 | hopLimit);
        bytes.putLong(header + SOURCE_OFFSET, sourceHigh);
        bytes.putLong(header + SOURCE_OFFSET + Long.BYTES, sourceLow);
        bytes.putLong(header + DESTINATION_OFFSET, destinationHigh);
        bytes.putLong(header + DESTINATION_OFFSET + Long.BYTES, destinationLow);
    }

    /**
     * The partial sum of the pseudo-header (RFC 8200 8.1) with the addresses of this header.
     *
     * @param upperLength bytes of the transport header and its data
     * @param protocol of the transport, which is not the next header if extension headers are between
     */
    public static long pseudoHeader(
            final ByteBuffer bytes, final int header, final int upperLength, final int protocol) {
        return InternetChecksum.sum(bytes, header + SOURCE_OFFSET, 32) + upperLength + protocol;
    }

    /** True for ff00::/8, from the upper half of an address. */
    public static boolean isMulticast(final long high) {
        return high >>> 56 == 0xFF;
    }

    /** True for fe80::/10, from the upper half of an address. */
    public static boolean isLinkLocal(final long high) {
        return high >>> 54 == 0xFE80 >>> 6;
    }
}
