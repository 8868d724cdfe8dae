package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The IPv4 header (RFC 791 3.1), read and written in place. {@code header} is the offset of its first byte.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+-------------------------------+
 *   |Version|  IHL  | Traffic class |         Total length          |
 *   +-------+-------+---------------+-----+-------------------------+
 *   |        Identification         |0 D M|     Fragment offset     |
 *   +---------------+---------------+-----+-------------------------+
 *   | Time to live  |   Protocol    |        Header checksum        |
 *   +---------------+---------------+-------------------------------+
 *   |                        Source address                         |
 *   +---------------------------------------------------------------+
 *   |                      Destination address                      |
 *   +---------------------------------------------------------------+
 *   |                    Options, 0 to 40 bytes ...
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv4Header {

    /** Bytes without options. */
    public static final int LENGTH = 20;

    /** Bytes with the most options that IHL can express. */
    public static final int MAX_LENGTH = 60;

    /** Largest value of the total length field. */
    public static final int MAX_TOTAL_LENGTH = 65_535;

    public static final int VERSION_IHL_OFFSET = 0;
    public static final int TRAFFIC_CLASS_OFFSET = 1;
    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FRAGMENT_OFFSET = 6;
    public static final int TIME_TO_LIVE_OFFSET = 8;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;
    public static final int OPTIONS_OFFSET = 20;

    /** In the 16 bits of {@link #fragment}: "don't fragment". */
    public static final int DONT_FRAGMENT = 0x4000;

    /** In the 16 bits of {@link #fragment}: more fragments follow. */
    public static final int MORE_FRAGMENTS = 0x2000;

    /**
     * RFC 791 3.2: "Every internet module must be able to forward a datagram of 68 octets without further
     * fragmentation."
     */
    public static final int MIN_LINK_MTU = 68;

    private static final int FRAGMENT_UNITS = 0x1FFF;

    private Ipv4Header() {}

    public static int version(final ByteBuffer bytes, final int header) {
        return (bytes.get(header) & 0xFF) >>> 4;
    }

    /** Bytes of header with options, as IHL says: 0 to 60. */
    public static int headerLength(final ByteBuffer bytes, final int header) {
        return (bytes.get(header) & 0xF) << 2;
    }

    /** DSCP (RFC 2474) and ECN (RFC 3168). */
    public static int trafficClass(final ByteBuffer bytes, final int header) {
        return bytes.get(header + TRAFFIC_CLASS_OFFSET) & 0xFF;
    }

    /** Bytes of header and payload. */
    public static int totalLength(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + TOTAL_LENGTH_OFFSET) & 0xFFFF;
    }

    public static int identification(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + IDENTIFICATION_OFFSET) & 0xFFFF;
    }

    /** The 16 bits with flags and fragment offset. */
    public static int fragment(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + FRAGMENT_OFFSET) & 0xFFFF;
    }

    /** True for any fragment of a larger datagram: more follow, or it is not the first. */
    public static boolean isFragment(final int fragment) {
        return (fragment & (MORE_FRAGMENTS | FRAGMENT_UNITS)) != 0;
    }

    /** Offset of the fragment's payload in the datagram, in bytes. */
    public static int fragmentOffset(final int fragment) {
        return (fragment & FRAGMENT_UNITS) << 3;
    }

    public static int timeToLive(final ByteBuffer bytes, final int header) {
        return bytes.get(header + TIME_TO_LIVE_OFFSET) & 0xFF;
    }

    public static int protocol(final ByteBuffer bytes, final int header) {
        return bytes.get(header + PROTOCOL_OFFSET) & 0xFF;
    }

    public static int source(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header + SOURCE_OFFSET);
    }

    public static int destination(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header + DESTINATION_OFFSET);
    }

    /** True if the header's words add up to all ones (RFC 1071). */
    public static boolean checksumIsValid(final ByteBuffer bytes, final int header, final int headerLength) {
        return InternetChecksum.finish(InternetChecksum.sum(bytes, header, headerLength)) == 0;
    }

    /**
     * Writes a header without options, with its checksum.
     *
     * @param fragment flags and fragment offset, as they stand in the header
     */
    public static void write(
            final ByteBuffer bytes,
            final int header,
            final int trafficClass,
            final int totalLength,
            final int identification,
            final int fragment,
            final int timeToLive,
            final int protocol,
            final int source,
            final int destination) {
        final int first = 0x4500_0000 | trafficClass << 16 | totalLength;
        final int second = identification << 16 | fragment;
        final int third = timeToLive << 24 | protocol << 16;
        final long sum = word(first) + word(second) + word(third) + word(source) + word(destination);
        bytes.putInt(header, first);
        bytes.putInt(header + IDENTIFICATION_OFFSET, second);
        bytes.putInt(header + TIME_TO_LIVE_OFFSET, third | InternetChecksum.finish(sum));
        bytes.putInt(header + SOURCE_OFFSET, source);
        bytes.putInt(header + DESTINATION_OFFSET, destination);
    }

    private static long word(final int bits) {
        return bits & 0xFFFF_FFFFL;
    }

    /** Computes and writes the header checksum after a field was changed. */
    public static void updateChecksum(final ByteBuffer bytes, final int header) {
        bytes.putShort(header + CHECKSUM_OFFSET, (short) 0);
        final long sum = InternetChecksum.sum(bytes, header, headerLength(bytes, header));
        bytes.putShort(header + CHECKSUM_OFFSET, (short) InternetChecksum.finish(sum));
    }
}
