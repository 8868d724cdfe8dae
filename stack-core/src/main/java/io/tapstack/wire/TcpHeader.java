package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * A view of a TCP header (RFC 9293 3.1, with the AE flag of RFC 9768) in a buffer.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+---------------+---------------+
 *  |          Source Port          |       Destination Port        |
 *  +---------------+---------------+---------------+---------------+
 *  |                        Sequence Number                        |
 *  +---------------+---------------+---------------+---------------+
 *  |                    Acknowledgment Number                      |
 *  +-------+-------+---------------+---------------+---------------+
 *  |  Data |     |A|C|E|U|A|P|R|S|F|                               |
 *  | Offset|Rsrvd|E|W|C|R|C|S|S|Y|I|            Window             |
 *  |       |     | |R|E|G|K|H|T|N|N|                               |
 *  +-------+-------+---------------+---------------+---------------+
 *  |           Checksum            |         Urgent Pointer        |
 *  +---------------+---------------+---------------+---------------+
 *  |                           [Options]                           |
 *  +---------------------------------------------------------------+
 * </pre>
 */
public final class TcpHeader {

    public static final int MIN_LENGTH = 20;
    public static final int MAX_LENGTH = 60;

    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int SEQUENCE_OFFSET = 4;
    public static final int ACKNOWLEDGMENT_OFFSET = 8;
    public static final int DATA_OFFSET_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int WINDOW_OFFSET = 14;
    public static final int CHECKSUM_OFFSET = 16;
    public static final int URGENT_POINTER_OFFSET = 18;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;
    /** Accurate ECN (RFC 9768 3.1.1): the lowest bit of the byte before the other flags. */
    public static final int AE = 0x100;

    /** AE, CWR and ECE together: the ACE field (RFC 9768 3.2.2), whose lowest bit is ECE. */
    public static final int ACE = AE | CWR | ECE;

    public static final int ACE_SHIFT = 6;

    private static final int FLAGS_MASK = 0x1FF;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int offset;

    /** Views the header that starts at {@code offset} of {@code buffer}, which is in network byte order. */
    public TcpHeader wrap(final ByteBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    public int sourcePort() {
        return buffer.getShort(offset + SOURCE_PORT_OFFSET) & 0xFFFF;
    }

    public int destinationPort() {
        return buffer.getShort(offset + DESTINATION_PORT_OFFSET) & 0xFFFF;
    }

    /** SEG.SEQ. */
    public int sequence() {
        return buffer.getInt(offset + SEQUENCE_OFFSET);
    }

    /** SEG.ACK. */
    public int acknowledgment() {
        return buffer.getInt(offset + ACKNOWLEDGMENT_OFFSET);
    }

    /** Length of the header with its options in bytes, as the data offset field says. */
    public int headerLength() {
        return (buffer.get(offset + DATA_OFFSET_OFFSET) & 0xF0) >>> 2;
    }

    public int flags() {
        return buffer.getShort(offset + DATA_OFFSET_OFFSET) & FLAGS_MASK;
    }

    /** SEG.WND as it stands in the header: not scaled. */
    public int window() {
        return buffer.getShort(offset + WINDOW_OFFSET) & 0xFFFF;
    }

    public int urgentPointer() {
        return buffer.getShort(offset + URGENT_POINTER_OFFSET) & 0xFFFF;
    }

    /** Writes all fields; the checksum becomes 0. */
    public void write(
            final int sourcePort,
            final int destinationPort,
            final int sequence,
            final int acknowledgment,
            final int headerLength,
            final int flags,
            final int window,
            final int urgentPointer) {
        buffer.putShort(offset + SOURCE_PORT_OFFSET, (short) sourcePort);
        buffer.putShort(offset + DESTINATION_PORT_OFFSET, (short) destinationPort);
        buffer.putInt(offset + SEQUENCE_OFFSET, sequence);
        buffer.putInt(offset + ACKNOWLEDGMENT_OFFSET, acknowledgment);
        buffer.putShort(offset + DATA_OFFSET_OFFSET, (short) (headerLength << 10 | flags));
        buffer.putShort(offset + WINDOW_OFFSET, (short) window);
        buffer.putShort(offset + CHECKSUM_OFFSET, (short) 0);
        buffer.putShort(offset + URGENT_POINTER_OFFSET, (short) urgentPointer);
    }

    public void checksum(final int checksum) {
        buffer.putShort(offset + CHECKSUM_OFFSET, (short) checksum);
    }

    /** The flags as tcpdump writes them, for example {@code [S.]}, and A for AE. */
    public static String flagsToString(final int flags) {
        final StringBuilder text = new StringBuilder("[");
        final String letters = "FSRP.UEWA";
        for (int bit = 0; bit < letters.length(); bit++) {
            if ((flags & 1 << bit) != 0) {
                text.append(letters.charAt(bit));
            }
        }
        return text.append(']').toString();
    }
}
