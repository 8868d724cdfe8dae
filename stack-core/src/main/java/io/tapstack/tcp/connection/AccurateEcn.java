package io.tapstack.tcp.connection;

import io.tapstack.tcp.ecn.AccEcnOption;
import io.tapstack.tcp.ecn.AccEcnReceiver;
import io.tapstack.tcp.ecn.AccEcnSender;
import io.tapstack.tcp.ecn.HandshakeEcho;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TrafficClass;

/**
 * Accurate ECN (RFC 9768) of one connection in AccECN mode, in both roles: the {@linkplain AccEcnReceiver receiver}
 * feeds marks back in the ACE field and an {@linkplain AccEcnOption option}, and the {@linkplain AccEcnSender sender}
 * reads the peer's feedback.
 */
final class AccurateEcn {

    final AccEcnReceiver receiver = new AccEcnReceiver();
    final AccEcnSender sender = new AccEcnSender();
    final AccEcnOption option;

    private final ControlBlock tcb;
    private boolean answering; // once our SYN-ACK is acknowledged
    private int synAckField;
    private boolean handshakeAckDue;
    private boolean handshakeMarked;
    // About the segment being processed: it is the first to acknowledge our SYN-ACK; it is a pure ACK too.
    private boolean synAckAcknowledged;
    private boolean handshakeAck;

    AccurateEcn(final ControlBlock tcb) {
        this.tcb = tcb;
        this.option = new AccEcnOption(tcb.config, receiver);
    }

    // ---- The handshake

    /** The peer's SYN-ACK, or a repetition, has arrived: the next pure ACK feeds its ECN field back (3.2.2.1). */
    void synAckArrived(final Segment synAck, final boolean first) {
        final int ace = synAck.ace();
        if (ace != 0) {
            synAckField = synAck.ecnField;
            handshakeAckDue = true;
            receiver.synAckArrived(synAck.ecnField);
        }
        if (first) {
            final int field = HandshakeEcho.field(ace);
            sender.handshakeEchoed(field);
            handshakeMarked |= field == TrafficClass.CONGESTION_EXPERIENCED;
            sender.firstOptions(synAck.options);
            option.handshakeDue();
        }
    }

    /** The first segment that acknowledges our SYN-ACK has arrived. */
    void synAckAcknowledged(final Segment segment) {
        answering = true;
        sender.firstOptions(segment.options);
        synAckAcknowledged = true;
        if (segment.isPureAck()) {
            handshakeAck = true;
            sender.synAckAcknowledged(segment.ace());
            handshakeMarked |= HandshakeEcho.field(segment.ace()) == TrafficClass.CONGESTION_EXPERIENCED;
        }
    }

    /** True if our SYN or SYN-ACK was marked: the initial window is one segment, as after a loss (RFC 5562 3). */
    boolean isHandshakeMarked() {
        return handshakeMarked && !sender.isDeaf();
    }

    /** True if a pure ACK has to feed back the ECN field of the SYN-ACK before other segments are sent (3.2.2.1). */
    boolean isHandshakeAckDue() {
        return handshakeAckDue;
    }

    // ---- Received segments

    /**
     * An acceptable segment has arrived.
     *
     * @return true if an ACK is due for its mark
     */
    boolean arrived(final Segment segment) {
        option.dataArrived(segment.ecnField, segment.payloadLength());
        return receiver.arrived(segment, tcb.delayedAck.isPending());
    }

    /**
     * Processes the ACK of an acceptable segment, as {@link AccEcnSender#feedback}.
     *
     * @return packets of ours that it newly reports as marked
     */
    int feedback(final Segment segment, final int segments, final boolean newer, final int flight) {
        if (handshakeAck || isLateHandshakeAck(segment)) {
            handshakeAck = false;
            synAckAcknowledged = false;
            return 0;
        }
        final boolean isNew = newer || synAckAcknowledged;
        synAckAcknowledged = false;
        return sender.feedback(segment, tcb.sndUna, tcb.sndNxt, segments, isNew, flight, tcb.mss);
    }

    /**
     * 3.2.2.2: "A Server MAY implement a test for such a case". None of our data is acknowledged yet, so the ACE field
     * is not a counter.
     */
    private boolean isLateHandshakeAck(final Segment segment) {
        return answering && segment.ack == tcb.iss + 1 && segment.isPureAck();
    }

    // ---- Sent segments

    /**
     * AE, CWR and ECE of the next segment.
     *
     * @param pure true if it is an ACK without data or other flags
     */
    int flags(final boolean pure) {
        final int ace = pure && handshakeAckDue ? HandshakeEcho.ace(synAckField) : receiver.ace();
        return ace << TcpHeader.ACE_SHIFT;
    }

    /** The segment was sent. */
    void sent(final boolean pure) {
        handshakeAckDue &= !pure;
        receiver.told();
    }
}
