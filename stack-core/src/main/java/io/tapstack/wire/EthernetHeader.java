package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The header of an Ethernet II frame, read and written in place. {@code header} is the offset of its first byte.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                      Destination address                      |
 *   |                               +-------------------------------+
 *   |                               |                               |
 *   +-------------------------------+                               |
 *   |                         Source address                        |
 *   +-------------------------------+-------------------------------+
 *   |           EtherType           |  payload, 46 bytes or more ...
 *   +-------------------------------+
 * </pre>
 */
public final class EthernetHeader {

    public static final int LENGTH = 14;

    public static final int DESTINATION_OFFSET = 0;
    public static final int SOURCE_OFFSET = 6;
    public static final int ETHER_TYPE_OFFSET = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86DD;

    private EthernetHeader() {}

    /** The 48 bits of the destination. */
    public static long destination(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + DESTINATION_OFFSET) >>> 16;
    }

    /** The 48 bits of the source. */
    public static long source(final ByteBuffer bytes, final int header) {
        return bytes.getLong(header + SOURCE_OFFSET) >>> 16;
    }

    public static int etherType(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + ETHER_TYPE_OFFSET) & 0xFFFF;
    }

    /** Writes a whole header; addresses are 48 bits. */
    public static void write(
            final ByteBuffer bytes, final int header, final long destination, final long source, final int etherType) {
        bytes.putLong(header + DESTINATION_OFFSET, destination << 16 | source >>> 32);
        bytes.putInt(header + SOURCE_OFFSET + 2, (int) source);
        bytes.putShort(header + ETHER_TYPE_OFFSET, (short) etherType);
    }

    /** True for multicast and broadcast: the lowest bit of the first byte on the wire (IEEE 802.3 3.2.3). */
    public static boolean isGroup(final long address) {
        return (address >>> 40 & 1) != 0;
    }
}
