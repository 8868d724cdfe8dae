package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The fixed part of a DHCP message (RFC 2131 2), read and written in place. {@code message} is the offset of its first
 * byte. Options follow behind the magic cookie (RFC 2132 2).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |      op       |     htype     |     hlen      |     hops      |
 *   +---------------+---------------+---------------+---------------+
 *   |                              xid                              |
 *   +-------------------------------+-+-----------------------------+
 *   |             secs              |B|                             |
 *   +-------------------------------+-+-----------------------------+
 *   |         ciaddr: the client's address, if it has one           |
 *   |         yiaddr: the address that the server offers            |
 *   |         siaddr: the server for booting                        |
 *   |         giaddr: the relay                                     |
 *   |         chaddr: the client's link address (16 bytes)          |
 *   |         sname (64 bytes), file (128 bytes)                    |
 *   |         magic cookie: 99.130.83.99                            |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class DhcpHeader {

    /** The length with the magic cookie. */
    public static final int LENGTH = 240;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    public static final int CLIENT_PORT = 68;
    public static final int SERVER_PORT = 67;

    public static final int SERVER_NAME_OFFSET = 44;
    public static final int SERVER_NAME_LENGTH = 64;
    public static final int FILE_OFFSET = 108;
    public static final int FILE_LENGTH = 128;

    private static final int TRANSACTION_OFFSET = 4;
    private static final int SECONDS_OFFSET = 8;
    private static final int CLIENT_ADDRESS_OFFSET = 12;
    private static final int YOUR_ADDRESS_OFFSET = 16;
    private static final int HARDWARE_OFFSET = 28;
    private static final int COOKIE_OFFSET = 236;

    private static final int ETHERNET = 0x0106;
    private static final int COOKIE = 0x6382_5363;
    private static final int BROADCAST = 0x8000;

    private DhcpHeader() {}

    /** True for a reply of a server to a host with this Ethernet address. */
    public static boolean isReplyTo(final ByteBuffer bytes, final int message, final int transaction, final long mac) {
        return bytes.get(message) == REPLY
                && (bytes.getShort(message + 1) & 0xFFFF) == ETHERNET
                && bytes.getInt(message + TRANSACTION_OFFSET) == transaction
                && bytes.getLong(message + HARDWARE_OFFSET) >>> 16 == mac
                && bytes.getInt(message + COOKIE_OFFSET) == COOKIE;
    }

    /** yiaddr. */
    public static IpAddress yourAddress(final ByteBuffer bytes, final int message) {
        return IpAddress.ipv4(bytes.getInt(message + YOUR_ADDRESS_OFFSET));
    }

    /**
     * Writes the request of a client, with zeros in all other fields.
     *
     * @param broadcast the client cannot receive unicast packets yet (RFC 2131 4.1)
     */
    public static void writeRequest(
            final ByteBuffer bytes,
            final int message,
            final int transaction,
            final int seconds,
            final boolean broadcast,
            final IpAddress clientAddress,
            final long mac) {
        for (int i = 0; i < LENGTH; i += Integer.BYTES) {
            bytes.putInt(message + i, 0);
        }
        bytes.put(message, (byte) REQUEST);
        bytes.putShort(message + 1, (short) ETHERNET);
        bytes.putInt(message + TRANSACTION_OFFSET, transaction);
        bytes.putInt(message + SECONDS_OFFSET, Math.min(seconds, 0xFFFF) << 16 | (broadcast ? BROADCAST : 0));
        bytes.putInt(message + CLIENT_ADDRESS_OFFSET, clientAddress.ipv4Bits());
        bytes.putLong(message + HARDWARE_OFFSET, mac << 16);
        bytes.putInt(message + COOKIE_OFFSET, COOKIE);
    }
}
