package io.tapstack.tcp.segment;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import io.tapstack.wire.TrafficClass;
import org.jspecify.annotations.Nullable;

/**
 * A received segment with its parsed header: SEG.SEQ, SEG.ACK, SEG.WND, SEG.LEN and the place of the payload. One
 * object is refilled for each segment, and is valid while that segment is processed.
 */
public final class Segment {

    private final TcpHeader header = new TcpHeader();
    /** The options. */
    public final TcpOptions options = new TcpOptions();

    private @Nullable Region memory;
    /** The peer's port. */
    public int sourcePort;
    /** Our port. */
    public int destinationPort;
    /** SEG.SEQ. */
    public int seq;
    /** SEG.ACK. */
    public int ack;
    /** The flags of the header, as in {@link TcpHeader}. */
    public int flags;
    /** The window field as received, without scaling. */
    public int window;
    /** The ECN field of the IP header (RFC 3168 5). */
    public int ecnField;

    /** The urgent pointer, valid with URG. */
    public int urgentPointer;

    /** Sequence number after the urgent data, valid with URG. */
    public int urgentEnd;

    private int payloadOffset;
    private int payloadLength;
    private int gsoSize;
    private int ipHeaderOffset;
    private int linkHeaderLength;

    /**
     * Parses the header at the start of {@code packet}.
     *
     * @param trafficClass of the IP header, for its ECN bits
     * @return false if the data offset is invalid
     */
    public boolean read(final PacketBuffer packet, final int trafficClass) {
        memory = packet.memory();
        header.wrap(packet.memory().bytes(), packet.head());
        final int headerLength = header.headerLength();
        if (headerLength < TcpHeader.MIN_LENGTH || headerLength > packet.contiguousLength()) {
            return false;
        }
        sourcePort = header.sourcePort();
        destinationPort = header.destinationPort();
        seq = header.sequence();
        ack = header.acknowledgment();
        flags = header.flags();
        window = header.window();
        ecnField = trafficClass & TrafficClass.ECN_MASK;
        gsoSize = packet.gsoSize();
        urgentPointer = header.urgentPointer();
        urgentEnd = seq + urgentPointer;
        payloadOffset = packet.head() + headerLength;
        payloadLength = packet.contiguousLength() - headerLength;
        options.parse(
                packet.memory().bytes(), packet.head() + TcpHeader.MIN_LENGTH, headerLength - TcpHeader.MIN_LENGTH);
        return true;
    }

    /** Sets the offset of the IP header in the packet's memory, and the length of the link header before it. */
    public void headersAt(final int ipHeader, final int linkHeader) {
        ipHeaderOffset = ipHeader;
        linkHeaderLength = linkHeader;
    }

    int ipHeaderOffset() {
        return ipHeaderOffset;
    }

    int linkHeaderLength() {
        return linkHeaderLength;
    }

    /** Restores the known fields of an earlier segment; the caller restores the options. */
    public void recall(
            final int seqThen, final int flagsThen, final int windowThen, final int ourPort, final int peerPort) {
        memory = null;
        ecnField = TrafficClass.NOT_ECT;
        sourcePort = peerPort;
        destinationPort = ourPort;
        seq = seqThen;
        ack = 0;
        flags = flagsThen;
        window = windowThen;
        payloadOffset = 0;
        payloadLength = 0;
        gsoSize = 0;
    }

    /** True if the packet carries Congestion Experienced. */
    public boolean isMarked() {
        return ecnField == TrafficClass.CONGESTION_EXPERIENCED;
    }

    /** True if the packet is ECN-capable, marked or not. */
    public boolean isEcnCapable() {
        return ecnField != TrafficClass.NOT_ECT;
    }

    /** The ACE field (RFC 9768 3.2.2): AE, CWR and ECE as a number. */
    public int ace() {
        return (flags & TcpHeader.ACE) >>> TcpHeader.ACE_SHIFT;
    }

    /** True for an ACK with no payload, no SYN, FIN or RST, and no SACK block. */
    public boolean isPureAck() {
        return payloadLength == 0
                && (flags & (TcpHeader.ACK | TcpHeader.SYN | TcpHeader.FIN | TcpHeader.RST)) == TcpHeader.ACK
                && options.sackBlocks() == 0;
    }

    /** True for a SYN that is neither a SYN-ACK nor a reset. */
    public boolean isMereSyn() {
        return (flags & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST)) == TcpHeader.SYN;
    }

    /** True if the flag is set. */
    public boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** SEG.LEN: the sequence numbers of the segment, SYN and FIN included. */
    public int length() {
        return payloadLength + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
    }

    /** Length of the payload, in bytes. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Number of segments that the device has joined to this one. */
    public int segments() {
        return gsoSize > 0 && payloadLength > gsoSize ? (payloadLength + gsoSize - 1) / gsoSize : 1;
    }

    /** Offset of the payload in {@link #memory()}. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** The memory of the payload; code that keeps the payload retains it. */
    public Region memory() {
        final Region region = memory;
        if (region == null) {
            throw new IllegalStateException("no segment was read");
        }
        return region;
    }

    /** Removes sequence numbers before {@code from}, which were received before. */
    public void trimFront(final int from) {
        int excess = from - seq;
        if (excess <= 0) {
            return;
        }
        if (has(TcpHeader.SYN)) {
            flags &= ~TcpHeader.SYN;
            seq++;
            excess--;
        }
        final int cut = Math.min(excess, payloadLength);
        payloadOffset += cut;
        payloadLength -= cut;
        seq += cut;
    }

    /** Removes sequence numbers from {@code end} on, which exceed the window. */
    public void trimBack(final int end) {
        final int excess = seq + length() - end;
        if (excess <= 0) {
            return;
        }
        int left = excess;
        if (has(TcpHeader.FIN)) {
            flags &= ~TcpHeader.FIN;
            left--;
        }
        payloadLength -= Math.min(left, payloadLength);
    }

    @Override
    public String toString() {
        return TcpHeader.flagsToString(flags) + " seq " + Integer.toUnsignedString(seq) + " ack "
                + Integer.toUnsignedString(ack) + " win " + window + " len " + payloadLength;
    }
}
