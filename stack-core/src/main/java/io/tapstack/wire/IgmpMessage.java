package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The messages of the Internet Group Management Protocol (RFC 1112 appendix I, RFC 2236 2, RFC 3376 4), read and
 * written in place. {@code message} is the offset of the type.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |     Type      | Max Resp Code |           Checksum            |  query (0x11), report (0x12, 0x16), leave (0x17):
 *   +---------------+---------------+-------------------------------+  8 bytes
 *   |                         Group Address                         |
 *   +-------+-+-----+---------------+-------------------------------+
 *   | Resv  |S| QRV |     QQIC      |     Number of Sources (N)     |  query of IGMPv3: 12 bytes
 *   +-------+-+-----+---------------+-------------------------------+
 *   |                   Source Addresses (4 N bytes)                |
 *   +---------------------------------------------------------------+
 *
 *   +-------------------------------+-------------------------------+
 *   |           Reserved            |       Number of Records       |  report of IGMPv3 (0x22), behind the checksum
 *   +---------------+---------------+-------------------------------+
 *   |  Record Type  | Aux Data Len  |     Number of Sources (N)     |  each record: 8 + 4 N bytes
 *   +---------------+---------------+-------------------------------+
 *   |                         Group Address                         |
 *   |                   Source Addresses (4 N bytes)                |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class IgmpMessage {

    public static final int QUERY = 0x11;
    public static final int REPORT_V1 = 0x12;
    public static final int REPORT_V2 = 0x16;
    public static final int LEAVE = 0x17;
    public static final int REPORT_V3 = 0x22;

    public static final int LENGTH = 8;
    public static final int QUERY_LENGTH = 12;
    public static final int ADDRESS_LENGTH = 4;

    public static final int CHECKSUM_OFFSET = 2;
    public static final int GROUP_OFFSET = 4;
    public static final int SOURCES_OFFSET = QUERY_LENGTH;
    public static final int RECORDS_OFFSET = 6;

    private static final int CODE_OFFSET = 1;
    private static final int ROBUSTNESS_OFFSET = 8;
    private static final int INTERVAL_OFFSET = 9;
    private static final int SOURCE_COUNT_OFFSET = 10;
    private static final long SECOND = 1_000_000_000L;

    private IgmpMessage() {}

    public static int type(final ByteBuffer bytes, final int message) {
        return bytes.get(message) & 0xFF;
    }

    /** Max Resp Code; 0 in a query of IGMPv1. */
    public static int code(final ByteBuffer bytes, final int message) {
        return bytes.get(message + CODE_OFFSET) & 0xFF;
    }

    public static IpAddress group(final ByteBuffer bytes, final int message) {
        return IpAddress.ipv4(bytes.getInt(message + GROUP_OFFSET));
    }

    /** The largest delay of an answer to IGMPv2, in nanoseconds. */
    public static long maxResponseV2(final ByteBuffer bytes, final int message) {
        return code(bytes, message) * SECOND / 10;
    }

    /** The largest delay of an answer to IGMPv3, in nanoseconds (4.1.1). */
    public static long maxResponse(final ByteBuffer bytes, final int message) {
        return seconds(code(bytes, message)) / 10;
    }

    /** QRV: the robustness of the querier; 0 if it is above 7. */
    public static int robustness(final ByteBuffer bytes, final int message) {
        return bytes.get(message + ROBUSTNESS_OFFSET) & 7;
    }

    /** QQIC: the interval of the querier in nanoseconds. */
    public static long interval(final ByteBuffer bytes, final int message) {
        return seconds(bytes.get(message + INTERVAL_OFFSET) & 0xFF);
    }

    /** A code of 8 bits in nanoseconds: from 128 on a floating-point number (RFC 3376 4.1.7). */
    static long seconds(final int code) {
        return (code < 0x80 ? code : (code & 0xFL | 0x10) << ((code >>> 4 & 7) + 3)) * SECOND;
    }

    public static int sourceCount(final ByteBuffer bytes, final int message) {
        return bytes.getShort(message + SOURCE_COUNT_OFFSET) & 0xFFFF;
    }

    public static IpAddress source(final ByteBuffer bytes, final int message, final int index) {
        return IpAddress.ipv4(bytes.getInt(message + SOURCES_OFFSET + index * ADDRESS_LENGTH));
    }
}
