package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The UDP header (RFC 768), read and written in place. {@code header} is the offset of its first byte.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |          Source port          |       Destination port        |
 *   +-------------------------------+-------------------------------+
 *   |            Length             |           Checksum            |
 *   +-------------------------------+-------------------------------+
 * </pre>
 */
public final class UdpHeader {

    public static final int LENGTH = 8;

    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;

    private UdpHeader() {}

    public static int sourcePort(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + SOURCE_PORT_OFFSET) & 0xFFFF;
    }

    public static int destinationPort(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + DESTINATION_PORT_OFFSET) & 0xFFFF;
    }

    /** Bytes of header and payload. */
    public static int length(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + LENGTH_OFFSET) & 0xFFFF;
    }

    /** The checksum; 0 if the sender computed none. */
    public static int checksum(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + CHECKSUM_OFFSET) & 0xFFFF;
    }

    public static void checksum(final ByteBuffer bytes, final int header, final int checksum) {
        bytes.putShort(header + CHECKSUM_OFFSET, (short) checksum);
    }

    /** Writes a whole header with a checksum of zero. */
    public static void write(
            final ByteBuffer bytes,
            final int header,
            final int sourcePort,
            final int destinationPort,
            final int length) {
        bytes.putInt(header, sourcePort << 16 | destinationPort);
        bytes.putInt(header + LENGTH_OFFSET, length << 16);
    }
}
