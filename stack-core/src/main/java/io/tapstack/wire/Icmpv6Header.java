package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The 8 bytes that most ICMPv6 messages start with (RFC 4443 2.1), read and written in place. {@code header} is the
 * offset of the first byte. The meaning of the second word depends on the type.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |          Identifier           |        Sequence number        |  echo
 *   |                              MTU                              |  packet too big
 *   |                            Pointer                            |  parameter problem
 *   +---------------------------------------------------------------+
 *   |  echo: data; errors: the start of the packet that caused the error
 * </pre>
 */
public final class Icmpv6Header {

    public static final int LENGTH = 8;

    /** Bytes in front of the second word: a message with nothing behind them is complete for some types. */
    public static final int MIN_LENGTH = 4;

    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int IDENTIFIER_OFFSET = 4;
    public static final int MTU_OFFSET = 4;
    public static final int POINTER_OFFSET = 4;
    public static final int SEQUENCE_OFFSET = 6;

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    /** MLD (RFC 2710, RFC 3810). */
    public static final int LISTENER_QUERY = 130;

    public static final int LISTENER_REPORT = 131;
    public static final int LISTENER_DONE = 132;
    /** Neighbor Discovery (RFC 4861). */
    public static final int ROUTER_SOLICITATION = 133;

    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOR_SOLICITATION = 135;
    public static final int NEIGHBOR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    /** MLDv2 (RFC 3810 5.2). */
    public static final int LISTENER_REPORT_V2 = 143;

    /** Codes of "destination unreachable". */
    public static final int CODE_NO_ROUTE = 0;

    public static final int CODE_PROHIBITED = 1;
    public static final int CODE_BEYOND_SCOPE = 2;
    public static final int CODE_ADDRESS_UNREACHABLE = 3;
    public static final int CODE_PORT_UNREACHABLE = 4;
    public static final int CODE_POLICY = 5;
    public static final int CODE_REJECT_ROUTE = 6;
    /** Codes of "time exceeded". */
    public static final int CODE_HOP_LIMIT = 0;

    public static final int CODE_REASSEMBLY_TIME = 1;
    /** Codes of "parameter problem". */
    public static final int CODE_ERRONEOUS_FIELD = 0;

    public static final int CODE_UNKNOWN_NEXT_HEADER = 1;
    public static final int CODE_UNKNOWN_OPTION = 2;
    /** The first fragment does not have all headers (RFC 7112 5). */
    public static final int CODE_INCOMPLETE_CHAIN = 3;

    private Icmpv6Header() {}

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

    /** The MTU of the next hop in "packet too big": 32 bits without sign. */
    public static long mtu(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header + MTU_OFFSET) & 0xFFFF_FFFFL;
    }

    /** The offset in "parameter problem": 32 bits without sign. */
    public static long pointer(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header + POINTER_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Writes type, code, a checksum of zero, and the second word. */
    public static void write(
            final ByteBuffer bytes, final int header, final int type, final int code, final int secondWord) {
        bytes.putInt(header, type << 24 | code << 16);
        bytes.putInt(header + IDENTIFIER_OFFSET, secondWord);
    }

    /** True for an error message, known or not: the highest bit of its type is zero (RFC 4443 2.1). */
    public static boolean isError(final int type) {
        return type < 128;
    }

    /**
     * Computes and writes the checksum of a contiguous message (RFC 4443 2.3).
     *
     * @param ip the offset of the IPv6 header with its addresses
     * @param length bytes of the message
     */
    public static void writeChecksum(final ByteBuffer bytes, final int ip, final int header, final int length) {
        checksum(bytes, header, 0);
        checksum(bytes, header, compute(bytes, ip, header, length));
    }

    /** True if the checksum of a contiguous message is right; the arguments are those of {@link #writeChecksum}. */
    public static boolean checksumIsValid(final ByteBuffer bytes, final int ip, final int header, final int length) {
        return compute(bytes, ip, header, length) == 0;
    }

    private static int compute(final ByteBuffer bytes, final int ip, final int header, final int length) {
        return InternetChecksum.finish(Ipv6Header.pseudoHeader(bytes, ip, length, IpProtocol.ICMPV6)
                + InternetChecksum.sum(bytes, header, length));
    }
}
