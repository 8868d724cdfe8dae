package io.tapstack.tcp.ecn;

import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynOptions;
import io.tapstack.wire.Ipv4Header;

/**
 * What a data receiver in AccECN mode counts (RFC 9768 3.2): packets that came with CE, and bytes of payload by the ECN
 * field of their packet. Also says when an ACK is due for that alone (3.2.2.5.1).
 */
public final class AccEcnReceiver {

    // 3.2.1: not 0, to be told from a field that something on the way has zeroed.
    public static final int INITIAL_PACKETS = 5;
    public static final int INITIAL_ECT_BYTES = SynOptions.INITIAL_ECT_BYTES;

    private static final int ACE_MASK = 7;

    /** 3.2.2.5.1: n, with data that is not acknowledged yet, and without. */
    private static final int MARKS_WITH_DATA = 2;

    private static final int MARKS_WITHOUT_DATA = 3;

    // r.cep, r.ceb, r.e0b, r.e1b
    private int packets = INITIAL_PACKETS;
    private int ceBytes;
    private int ect0Bytes = INITIAL_ECT_BYTES;
    private int ect1Bytes = INITIAL_ECT_BYTES;

    private boolean synAckMarked;
    private boolean lastMarked;
    private int packetsTold = INITIAL_PACKETS;
    private boolean ackOfAcksDue;

    /** An acceptable SYN-ACK came with this ECN field. 3.2.2.2: the mark counts once, however often it comes. */
    public void synAckArrived(final int ecnField) {
        if (ecnField == Ipv4Header.CONGESTION_EXPERIENCED && !synAckMarked) {
            synAckMarked = true;
            packets++;
        }
    }

    /**
     * An acceptable packet came, with data or without, or several that were put together to one.
     *
     * @param awaitingAck whether there is data that is not acknowledged yet, from before
     * @return true if an ACK has to go out now
     */
    public boolean arrived(final Segment segment, final boolean awaitingAck) {
        final int payload = segment.payloadLength();
        final boolean marked = segment.isMarked();
        final boolean changed = marked && !lastMarked && payload > 0;
        lastMarked = marked;
        count(segment.ecnField, payload);
        if (!marked) {
            return false;
        }
        packets += segment.segments();
        final boolean data = awaitingAck || payload > 0;
        final boolean enough = packets - packetsTold >= (data ? MARKS_WITH_DATA : MARKS_WITHOUT_DATA);
        ackOfAcksDue = enough && !data;
        return changed || enough;
    }

    /** The payload of a SYN-ACK. */
    public void dataWithSynAck(final Segment synAck) {
        lastMarked = synAck.isMarked();
        count(synAck.ecnField, synAck.payloadLength());
    }

    private void count(final int ecnField, final int payload) {
        switch (ecnField) {
            case Ipv4Header.ECT_0 -> ect0Bytes += payload;
            case Ipv4Header.ECT_1 -> ect1Bytes += payload;
            case Ipv4Header.CONGESTION_EXPERIENCED -> ceBytes += payload;
            default -> {
                // Not-ECT has no counter.
            }
        }
    }

    /** The ACE field of the next segment (3.2.2). */
    public int ace() {
        return packets & ACE_MASK;
    }

    /**
     * 3.2.2.5.1: an ACK that answers nothing but marked ACKs MUST NOT have SACK blocks, or it looks like a duplicate.
     */
    public boolean isAckOfAcksDue() {
        return ackOfAcksDue;
    }

    /** A segment with the ACE field went out. */
    public void told() {
        packetsTold = packets;
        ackOfAcksDue = false;
    }

    public int ceBytes() {
        return ceBytes;
    }

    public int ect0Bytes() {
        return ect0Bytes;
    }

    public int ect1Bytes() {
        return ect1Bytes;
    }

    /** Packets that came with CE. */
    public int marks() {
        return packets - INITIAL_PACKETS;
    }
}
