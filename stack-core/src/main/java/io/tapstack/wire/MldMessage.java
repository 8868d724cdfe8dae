package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The messages of Multicast Listener Discovery behind the type, code and checksum of ICMPv6 (RFC 2710 3, RFC 3810 5),
 * read and written in place. {@code message} is the offset of the ICMPv6 type.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |     Maximum Response Code     |           Reserved            |  query (130), and of MLDv1 report (131)
 *   +-------------------------------+-------------------------------+  and done (132): 24 bytes
 *   |                   Multicast Address (16 bytes)                |
 *   +-------+-+-----+---------------+-------------------------------+
 *   | Resv  |S| QRV |     QQIC      |     Number of Sources (N)     |  query of MLDv2: 28 bytes
 *   +-------+-+-----+---------------+-------------------------------+
 *   |                  Source Addresses (16 N bytes)                |
 *   +---------------------------------------------------------------+
 *
 *   +-------------------------------+-------------------------------+
 *   |           Reserved            |       Number of Records       |  report of MLDv2 (143), behind the checksum
 *   +---------------+---------------+-------------------------------+
 *   |  Record Type  | Aux Data Len  |     Number of Sources (N)     |  each record: 20 + 16 N bytes
 *   +---------------+---------------+-------------------------------+
 *   |                   Multicast Address (16 bytes)                |
 *   |                  Source Addresses (16 N bytes)                |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class MldMessage {

    public static final int V1_LENGTH = 24;
    public static final int QUERY_LENGTH = 28;
    public static final int REPORT_LENGTH = 8;
    public static final int ADDRESS_LENGTH = 16;

    public static final int GROUP_OFFSET = 8;
    public static final int SOURCES_OFFSET = QUERY_LENGTH;
    public static final int RECORDS_OFFSET = 6;

    private static final int MAX_RESPONSE_OFFSET = 4;
    private static final int ROBUSTNESS_OFFSET = 24;
    private static final int INTERVAL_OFFSET = 25;
    private static final int SOURCE_COUNT_OFFSET = 26;
    private static final long MILLISECOND = 1_000_000L;

    private MldMessage() {}

    public static IpAddress group(final ByteBuffer bytes, final int message) {
        return address(bytes, message + GROUP_OFFSET);
    }

    /** The largest delay of an answer to MLDv1, in nanoseconds. */
    public static long maxResponseV1(final ByteBuffer bytes, final int message) {
        return code(bytes, message) * MILLISECOND;
    }

    /** The largest delay of an answer to MLDv2, in nanoseconds: from 32,768 on a floating-point number (5.1.3). */
    public static long maxResponse(final ByteBuffer bytes, final int message) {
        final int code = code(bytes, message);
        final long milliseconds = code < 0x8000 ? code : (code & 0xFFFL | 0x1000) << ((code >>> 12 & 7) + 3);
        return milliseconds * MILLISECOND;
    }

    private static int code(final ByteBuffer bytes, final int message) {
        return bytes.getShort(message + MAX_RESPONSE_OFFSET) & 0xFFFF;
    }

    /** QRV: the robustness of the querier; 0 if it is above 7. */
    public static int robustness(final ByteBuffer bytes, final int message) {
        return bytes.get(message + ROBUSTNESS_OFFSET) & 7;
    }

    /** QQIC: the interval of the querier in nanoseconds. */
    public static long interval(final ByteBuffer bytes, final int message) {
        return IgmpMessage.seconds(bytes.get(message + INTERVAL_OFFSET) & 0xFF);
    }

    public static int sourceCount(final ByteBuffer bytes, final int message) {
        return bytes.getShort(message + SOURCE_COUNT_OFFSET) & 0xFFFF;
    }

    public static IpAddress source(final ByteBuffer bytes, final int message, final int index) {
        return address(bytes, message + SOURCES_OFFSET + index * ADDRESS_LENGTH);
    }

    private static IpAddress address(final ByteBuffer bytes, final int at) {
        return IpAddress.ipv6(bytes.getLong(at), bytes.getLong(at + 8));
    }

    /** Writes an address. */
    public static void address(final ByteBuffer bytes, final int at, final IpAddress address) {
        bytes.putLong(at, address.high());
        bytes.putLong(at + 8, address.low());
    }
}
