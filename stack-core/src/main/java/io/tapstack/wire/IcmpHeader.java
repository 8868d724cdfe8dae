package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The 8 bytes that every ICMP message starts with (RFC 792), read and written in place. {@code header} is the offset of
 * the first byte. What the second word means depends on the type.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |          Identifier           |        Sequence number        |  echo
 *   |            unused             |         Next-hop MTU          |  fragmentation needed (RFC 1191 4)
 *   |    Pointer    |                    unused                     |  parameter problem
 *   +---------------+-----------------------------------------------+
 *   |  echo: data; errors: the IP header and the start of what was wrong
 * </pre>
 */
public final class IcmpHeader {

    public static final int LENGTH = 8;

    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int IDENTIFIER_OFFSET = 4;
    public static final int POINTER_OFFSET = 4;
    public static final int SEQUENCE_OFFSET = 6;
    public static final int NEXT_HOP_MTU_OFFSET = 6;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int ROUTER_ADVERTISEMENT = 9;
    public static final int ROUTER_SOLICITATION = 10;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;
    public static final int TIMESTAMP_REQUEST = 13;
    public static final int TIMESTAMP_REPLY = 14;
    public static final int ADDRESS_MASK_REPLY = 18;

    public static final int CODE_NET_UNREACHABLE = 0;
    public static final int CODE_HOST_UNREACHABLE = 1;
    public static final int CODE_PROTOCOL_UNREACHABLE = 2;
    public static final int CODE_PORT_UNREACHABLE = 3;
    public static final int CODE_FRAGMENTATION_NEEDED = 4;
    public static final int CODE_SOURCE_ROUTE_FAILED = 5;
    public static final int CODE_REASSEMBLY_TIME = 1;

    private IcmpHeader() {}

    public static int type(final ByteBuffer bytes, final int header) {
        return bytes.get(header + TYPE_OFFSET) & 0xFF;
    }

    public static int code(final ByteBuffer bytes, final int header) {
        return bytes.get(header + CODE_OFFSET) & 0xFF;
    }

    public static int checksum(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + CHECKSUM_OFFSET) & 0xFFFF;
    }

    public static void checksum(final ByteBuffer bytes, final int header, final int checksum) {
        bytes.putShort(header + CHECKSUM_OFFSET, (short) checksum);
    }

    /** The MTU of the next hop in "fragmentation needed"; 0 from a router older than RFC 1191. */
    public static int nextHopMtu(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + NEXT_HOP_MTU_OFFSET) & 0xFFFF;
    }

    /** Writes type, code, a checksum of zero, and the second word. */
    public static void write(
            final ByteBuffer bytes, final int header, final int type, final int code, final int secondWord) {
        bytes.putInt(header, type << 24 | code << 16);
        bytes.putInt(header + IDENTIFIER_OFFSET, secondWord);
    }

    /**
     * True for a query or its answer: an ICMP error may be sent about these, but not about an error (RFC 1122 3.2.2).
     */
    public static boolean isQuery(final int type) {
        return type == ECHO_REPLY
                || type == ECHO_REQUEST
                || type == ROUTER_ADVERTISEMENT
                || type == ROUTER_SOLICITATION
                || (type >= TIMESTAMP_REQUEST && type <= ADDRESS_MASK_REPLY);
    }
}
