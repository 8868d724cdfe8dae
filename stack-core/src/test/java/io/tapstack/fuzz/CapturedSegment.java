package io.tapstack.fuzz;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * A TCP segment that the stack has sent.
 *
 * @param seq of the first byte of payload, that is, behind a SYN
 * @param cookie of Fast Open (RFC 7413), empty without one
 */
public record CapturedSegment(
        IpAddress destination,
        int destinationPort,
        int sourcePort,
        int flags,
        int seq,
        int ack,
        int window,
        int timestamp,
        byte[] cookie,
        byte[] payload) {

    private static final int TIMESTAMPS = 8;
    private static final int FAST_OPEN = 34;

    /** Reads the segment behind a header of {@code headerLength} bytes in an IP packet. */
    public static CapturedSegment read(final byte[] packet, final int headerLength) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final TcpHeader header = new TcpHeader().wrap(bytes, headerLength);
        final int dataAt = headerLength + header.headerLength();
        final byte[] payload = new byte[packet.length - dataAt];
        bytes.get(dataAt, payload);
        final int flags = header.flags();
        final int optionsAt = headerLength + TcpHeader.MIN_LENGTH;
        final int timestamps = option(TIMESTAMPS, bytes, optionsAt, dataAt);
        final int fastOpen = option(FAST_OPEN, bytes, optionsAt, dataAt);
        final byte[] cookie = new byte[fastOpen < 0 ? 0 : bytes.get(fastOpen + 1) - 2];
        bytes.get(fastOpen + 2, cookie);
        return new CapturedSegment(
                Ipv6Header.version(bytes, 0) == 6
                        ? IpAddress.ipv6(Ipv6Header.destinationHigh(bytes, 0), Ipv6Header.destinationLow(bytes, 0))
                        : IpAddress.ipv4(bytes.getInt(16)),
                header.destinationPort(),
                header.sourcePort(),
                flags,
                header.sequence() + ((flags & TcpHeader.SYN) != 0 ? 1 : 0),
                header.acknowledgment(),
                header.window(),
                timestamps < 0 ? 0 : bytes.getInt(timestamps + 2),
                cookie,
                payload);
    }

    /** The offset of an option of this kind, or -1. */
    private static int option(final int wanted, final ByteBuffer bytes, final int from, final int to) {
        int at = from;
        while (at < to) {
            final int kind = bytes.get(at) & 0xFF;
            if (kind == wanted) {
                return at;
            }
            at += kind <= 1 ? 1 : bytes.get(at + 1);
        }
        return -1;
    }

    public boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /**
     * True for an ACK without data. Any ACK carries ECN feedback, a challenge ACK too (RFC 3168 6.1.3, RFC 9768 3.2.2).
     */
    boolean isPureAck() {
        return (flags & ~TcpHeader.ACE) == TcpHeader.ACK && payload.length == 0;
    }

    @Override
    public String toString() {
        return TcpHeader.flagsToString(flags) + " to " + destinationPort + " seq " + Integer.toUnsignedString(seq) + "("
                + payload.length + ") ack " + Integer.toUnsignedString(ack) + " win " + window;
    }
}
