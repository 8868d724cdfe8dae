package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An ARP packet for IPv4 over Ethernet (RFC 826), read and written in place. {@code packet} is the offset of its first
 * byte.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |       Hardware type (1)       |     Protocol type (0x0800)    |
 *   +---------------+---------------+-------------------------------+
 *   | Hw. length (6)|Prot. length(4)|           Operation           |
 *   +---------------+---------------+-------------------------------+
 *   |                    Sender hardware address                    |
 *   |                               +-------------------------------+
 *   |                               |    Sender protocol address    |
 *   +-------------------------------+-------------------------------+
 *   |               ...             |                               |
 *   +-------------------------------+                               |
 *   |                    Target hardware address                    |
 *   +---------------------------------------------------------------+
 *   |                    Target protocol address                    |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class ArpPacket {

    public static final int LENGTH = 28;

    public static final int HARDWARE_TYPE_OFFSET = 0;
    public static final int PROTOCOL_TYPE_OFFSET = 2;
    public static final int HARDWARE_LENGTH_OFFSET = 4;
    public static final int PROTOCOL_LENGTH_OFFSET = 5;
    public static final int OPERATION_OFFSET = 6;
    public static final int SENDER_HARDWARE_OFFSET = 8;
    public static final int SENDER_PROTOCOL_OFFSET = 14;
    public static final int TARGET_HARDWARE_OFFSET = 18;
    public static final int TARGET_PROTOCOL_OFFSET = 24;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /** Hardware type Ethernet, protocol type IPv4, lengths 6 and 4: the first 48 bits of every packet. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    private ArpPacket() {}

    /** True for an ARP packet for IPv4 over Ethernet. Hardware type 6, IEEE 802, means the same (RFC 1122 2.3.3). */
    public static boolean isEthernetIpv4(final ByteBuffer bytes, final int packet) {
        final long start = bytes.getLong(packet) >>> 16;
        return start == ETHERNET_IPV4 || start == (ETHERNET_IPV4 ^ 0x0007_0000_0000L);
    }

    public static int operation(final ByteBuffer bytes, final int packet) {
        return bytes.getShort(packet + OPERATION_OFFSET) & 0xFFFF;
    }

    /** The 48 bits of the sender's Ethernet address. */
    public static long senderHardware(final ByteBuffer bytes, final int packet) {
        return bytes.getLong(packet + SENDER_HARDWARE_OFFSET) >>> 16;
    }

    /** The 32 bits of the sender's IPv4 address. */
    public static int senderProtocol(final ByteBuffer bytes, final int packet) {
        return bytes.getInt(packet + SENDER_PROTOCOL_OFFSET);
    }

    /** The 32 bits of the target's IPv4 address. */
    public static int targetProtocol(final ByteBuffer bytes, final int packet) {
        return bytes.getInt(packet + TARGET_PROTOCOL_OFFSET);
    }

    /** Writes a whole packet. */
    public static void write(
            final ByteBuffer bytes,
            final int packet,
            final int operation,
            final long senderHardware,
            final int senderProtocol,
            final long targetHardware,
            final int targetProtocol) {
        bytes.putLong(packet, ETHERNET_IPV4 << 16 | operation);
        bytes.putShort(packet + SENDER_HARDWARE_OFFSET, (short) (senderHardware >>> 32));
        bytes.putInt(packet + SENDER_HARDWARE_OFFSET + 2, (int) senderHardware);
        bytes.putInt(packet + SENDER_PROTOCOL_OFFSET, senderProtocol);
        bytes.putShort(packet + TARGET_HARDWARE_OFFSET, (short) (targetHardware >>> 32));
        bytes.putInt(packet + TARGET_HARDWARE_OFFSET + 2, (int) targetHardware);
        bytes.putInt(packet + TARGET_PROTOCOL_OFFSET, targetProtocol);
    }
}
