package io.tapstack.simulation;

import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Watches one connection at one end, knows only the segments on the wire, and fails on one that a TCP must never send,
 * however bad the network is.
 */
final class TcpWitness {

    /** The lowest MSS that the stack uses for an announced one. */
    private static final int MIN_MSS = 48;

    private static final int DEFAULT_MSS = 536;
    private static final int NONE = -1;

    private final String name;
    private final boolean mayWait;
    private final TcpHeader header = new TcpHeader();

    /** The announcements of one end, in its SYN and since. */
    private static final class Side {
        boolean synSeen;
        int start; // sequence number of the first byte
        int mss = DEFAULT_MSS;
        int shift = NONE;
        boolean timestamps;
        int highest; // behind the last sequence number used
        int edge; // right edge of the window that it announced, in the other's numbers
        int acknowledged; // highest ACK
        int finSequence;
        boolean finSeen;
        boolean reset;
    }

    private final Side ours = new Side();
    private final Side peers = new Side();

    private boolean over;

    /** The peer's bytes that have arrived. */
    private final BitSet arrived = new BitSet();

    /**
     * @param mayWait true if segments may wait for the address of a neighbour, until they are out of date, or dropped
     */
    TcpWitness(final String name, final boolean mayWait) {
        this.name = name;
        this.mayWait = mayWait;
    }

    void received(final ByteBuffer segment) {
        header.wrap(segment, 0);
        if (has(TcpHeader.RST)) {
            return;
        }
        if (has(TcpHeader.SYN)) {
            syn(peers, segment);
        }
        if (!peers.synSeen) {
            return;
        }
        final int length = segment.capacity() - header.headerLength();
        final int first = header.sequence() - peers.start;
        // A segment before our window is dropped with its ACK.
        final boolean acceptable = first >= arrived.nextClearBit(0) || has(TcpHeader.SYN);
        if (length > 0 && first + length > 0) {
            arrived.set(Math.max(0, first), first + length);
        }
        if (has(TcpHeader.FIN)) {
            peers.finSeen = true;
            peers.finSequence = header.sequence() + length;
            if (first + length >= 0) {
                arrived.set(first + length);
            }
        }
        if (has(TcpHeader.ACK) && ours.synSeen && header.acknowledgment() - ours.highest <= 0) {
            peers.edge = max(peers.edge, edge(peers));
            if (acceptable) {
                peers.acknowledged = max(peers.acknowledged, header.acknowledgment());
            }
        }
    }

    /** @param gsoSize the size of the pieces that the device will cut, or 0 */
    void sent(final ByteBuffer segment, final int gsoSize) {
        header.wrap(segment, 0);
        if (has(TcpHeader.RST)) {
            ours.reset = true;
            return;
        }
        if (has(TcpHeader.SYN)) {
            // An old duplicate of a SYN can start another connection after the end of this one.
            over |= ours.synSeen && ours.start != header.sequence() + 1;
            syn(ours, segment);
        }
        if (over) {
            return;
        }
        require(has(TcpHeader.SYN | TcpHeader.ACK), "a segment without ACK");
        require(!ours.reset, "a segment after the reset");
        final int length = segment.capacity() - header.headerLength();
        if (has(TcpHeader.ACK)) {
            acknowledgment();
        }
        if (!has(TcpHeader.SYN)) {
            text(length, gsoSize);
            final boolean agreed = ours.timestamps && peers.timestamps;
            require(agreed == hasTimestamps(segment), "timestamps are " + (agreed ? "missing" : "not agreed on"));
        }
    }

    private void acknowledgment() {
        final int ack = header.acknowledgment();
        require(ack - peers.start <= arrived.nextClearBit(0), "acknowledges what has not come");
        require(ack - ours.acknowledged >= 0, "takes an ACK back");
        ours.acknowledged = ack;
        final boolean peersFinTaken = peers.finSeen && ack - peers.finSequence > 0;
        if (!peersFinTaken) {
            final int edge = edge(ours);
            // A repeated SYN cannot announce more than 65,535 (RFC 7323 2.2), also if more was announced meanwhile. The
            // scale may round away less than one of its units (RFC 7323 2.4).
            final int unit = 1 << Math.max(0, ours.shift);
            require(has(TcpHeader.SYN) || edge - ours.edge > -unit, "shrinks the window by " + (ours.edge - edge));
            ours.edge = max(ours.edge, edge);
        }
    }

    private void text(final int length, final int gsoSize) {
        final int seq = header.sequence();
        final int end = seq + length + (has(TcpHeader.FIN) ? 1 : 0);
        final int options = ours.timestamps && peers.timestamps ? 12 : 0;
        final int segmentLength = gsoSize == 0 ? length : gsoSize;
        require(
                segmentLength <= Math.max(MIN_MSS, peers.mss) - options,
                "a segment larger than the MSS: " + segmentLength);
        if (end != seq) {
            final boolean probe = end - seq == 1;
            require(end - peers.edge <= (probe ? 1 : 0), "leaves the window by " + (end - peers.edge));
            require(mayWait || end - peers.acknowledged > 0, "sends acknowledged data again");
        }
        if (ours.finSeen && length > 0) {
            require(seq + length - ours.finSequence <= 0, "data behind the FIN");
        }
        if (has(TcpHeader.FIN)) {
            require(!ours.finSeen || ours.finSequence == seq + length, "the FIN has moved");
            ours.finSeen = true;
            ours.finSequence = seq + length;
        }
        require(mayWait || seq - ours.highest <= 0, "leaves a gap");
        ours.highest = max(ours.highest, end);
    }

    private void syn(final Side side, final ByteBuffer segment) {
        if (side.synSeen) {
            return;
        }
        side.synSeen = true;
        side.start = header.sequence() + 1;
        side.highest = side.start;
        final Side other = side == ours ? peers : ours;
        other.acknowledged = side.start;
        other.edge = side.start;
        for (int at = TcpHeader.MIN_LENGTH; at < header.headerLength(); ) {
            final int kind = segment.get(at) & 0xFF;
            switch (kind) {
                case 2 -> side.mss = segment.getShort(at + 2) & 0xFFFF;
                case 3 -> side.shift = segment.get(at + 2);
                case 8 -> side.timestamps = true;
                default -> {}
            }
            at += kind <= 1 ? 1 : segment.get(at + 1);
        }
    }

    /** The right edge of the window that the segment offers; that of a SYN is never scaled (RFC 7323 2.2). */
    private int edge(final Side from) {
        final boolean scaled = ours.shift != NONE && peers.shift != NONE && !has(TcpHeader.SYN);
        return header.acknowledgment() + (header.window() << (scaled ? from.shift : 0));
    }

    private boolean hasTimestamps(final ByteBuffer segment) {
        for (int at = TcpHeader.MIN_LENGTH; at < header.headerLength(); ) {
            final int kind = segment.get(at) & 0xFF;
            if (kind == 8) {
                return true;
            }
            at += kind <= 1 ? 1 : segment.get(at + 1);
        }
        return false;
    }

    private boolean has(final int anyOf) {
        return (header.flags() & anyOf) != 0;
    }

    private static int max(final int sequence, final int other) {
        return sequence - other > 0 ? sequence : other;
    }

    private void require(final boolean condition, final String complaint) {
        if (!condition) {
            throw new AssertionError("the %s %s: %s seq %d ack %d win %d"
                    .formatted(
                            name,
                            complaint,
                            TcpHeader.flagsToString(header.flags()),
                            header.sequence() - ours.start,
                            header.acknowledgment() - peers.start,
                            header.window()));
        }
    }
}
