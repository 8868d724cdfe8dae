package io.tapstack.tcp.ecn;

import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynOptions;
import io.tapstack.wire.TrafficClass;

/**
 * Counters of a data receiver in AccECN mode (RFC 9768 3.2): packets with CE, and bytes of payload by ECN field. It
 * also tells when these require an ACK (3.2.2.5.1).
 */
public final class AccEcnReceiver {

    /** 3.2.1: initial value of the packet counter; not 0, to detect a field that a middlebox has zeroed. */
    public static final int INITIAL_PACKETS = 5;

    /** 3.2.1: initial value of the byte counters for ECT. */
    public static final int INITIAL_ECT_BYTES = SynOptions.INITIAL_ECT_BYTES;

    private static final int ACE_MASK = 7;

    /** 3.2.2.5.1: n, with unacknowledged data, and without. */
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

    /** Records an acceptable SYN-ACK with this ECN field. 3.2.2.2: its mark counts once, even if it is repeated. */
    public void synAckArrived(final int ecnField) {
        if (ecnField == TrafficClass.CONGESTION_EXPERIENCED && !synAckMarked) {
            synAckMarked = true;
            packets++;
        }
    }

    /**
     * Records an acceptable packet, with or without data, or several that the device has joined.
     *
     * @param awaitingAck true if earlier data is not acknowledged yet
     * @return true if an ACK must be sent now
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

    /** Records the payload of a SYN-ACK. */
    public void dataWithSynAck(final Segment synAck) {
        lastMarked = synAck.isMarked();
        count(synAck.ecnField, synAck.payloadLength());
    }

    private void count(final int ecnField, final int payload) {
        switch (ecnField) {
            case TrafficClass.ECT_0 -> ect0Bytes += payload;
            case TrafficClass.ECT_1 -> ect1Bytes += payload;
            case TrafficClass.CONGESTION_EXPERIENCED -> ceBytes += payload;
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
     * 3.2.2.5.1: true if an ACK answers only marked ACKs. It MUST NOT have SACK blocks, or it looks like a duplicate
     * ACK.
     */
    public boolean isAckOfAcksDue() {
        return ackOfAcksDue;
    }

    /** Records a sent segment with the ACE field. */
    public void told() {
        packetsTold = packets;
        ackOfAcksDue = false;
    }

    /** Payload received with CE, in bytes. */
    public int ceBytes() {
        return ceBytes;
    }

    /** Payload received with ECT(0), in bytes, plus the initial value. */
    public int ect0Bytes() {
        return ect0Bytes;
    }

    /** Payload received with ECT(1), in bytes, plus the initial value. */
    public int ect1Bytes() {
        return ect1Bytes;
    }

    /** Number of packets received with CE. */
    public int marks() {
        return packets - INITIAL_PACKETS;
    }
}
