package io.tapstack.tcp.segment;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.TcpHeader;

/** The checksum over pseudo-header, header and payload (RFC 9293 3.1), computed in software or by the device. */
public final class TcpChecksum {

    private TcpChecksum() {}

    /**
     * Writes the checksum of the segment whose header starts at {@code at}, or requests it from the device; the field
     * must be 0.
     *
     * @param pseudoHeader sum of addresses and protocol, without the length
     */
    public static void write(final PacketBuffer packet, final int at, final long pseudoHeader, final boolean offload) {
        final long pseudo = pseudoHeader + packet.length();
        final int field = at + TcpHeader.CHECKSUM_OFFSET;
        if (offload) {
            packet.memory().bytes().putShort(field, (short) InternetChecksum.fold(pseudo));
            packet.requestChecksum(at, TcpHeader.CHECKSUM_OFFSET);
        } else {
            final int checksum = InternetChecksum.finish(pseudo + InternetChecksum.sum(packet, at));
            packet.memory().bytes().putShort(field, (short) checksum);
        }
    }

    /** True if the checksum of a received segment is correct; its header is at the start of the packet. */
    public static boolean isRight(final PacketBuffer packet, final long pseudoHeader) {
        final long sum = pseudoHeader + packet.length() + InternetChecksum.sum(packet, packet.head());
        return InternetChecksum.fold(sum) == 0xFFFF;
    }
}
