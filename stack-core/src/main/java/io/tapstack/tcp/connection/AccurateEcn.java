package io.tapstack.tcp.connection;

import io.tapstack.tcp.ecn.AccEcnOption;
import io.tapstack.tcp.ecn.AccEcnReceiver;
import io.tapstack.tcp.ecn.AccEcnSender;
import io.tapstack.tcp.ecn.HandshakeEcho;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;

/**
 * Accurate ECN (RFC 9768) of one connection in AccECN mode, in both roles: what it {@linkplain AccEcnReceiver receives}
 * and feeds back in the ACE field and an {@linkplain AccEcnOption option}, and what it {@linkplain AccEcnSender sends}
 * and is told of.
 */
final class AccurateEcn {

    final AccEcnReceiver receiver = new AccEcnReceiver();
    final AccEcnSender sender = new AccEcnSender();
    final AccEcnOption option;

    private final ControlBlock tcb;
    private boolean answering; // a SYN, with a SYN-ACK
    private int synAckField;
    private boolean handshakeAckDue;
    private boolean handshakeMarked;
    // Of the segment that is being processed: it is the first to acknowledge our SYN-ACK; it is a pure ACK, too.
    private boolean synAckAcknowledged;
    private boolean handshakeAck;

    AccurateEcn(final ControlBlock tcb) {
        this.tcb = tcb;
        this.option = new AccEcnOption(tcb.config, receiver);
    }

    // ---- The handshake

    /** The peer's SYN-ACK, or a repetition: its ECN field goes back with the next pure ACK (3.2.2.1). */
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
            handshakeMarked |= field == Ipv4Header.CONGESTION_EXPERIENCED;
            sender.firstOptions(synAck.options);
            option.handshakeDue();
        }
    }

    /** The first segment that acknowledges our SYN-ACK. */
    void synAckAcknowledged(final Segment segment) {
        answering = true;
        sender.firstOptions(segment.options);
        synAckAcknowledged = true;
        if (segment.isPureAck()) {
            handshakeAck = true;
            sender.synAckAcknowledged(segment.ace());
            handshakeMarked |= HandshakeEcho.field(segment.ace()) == Ipv4Header.CONGESTION_EXPERIENCED;
        }
    }

    /**
     * True if our SYN, or SYN-ACK, was marked: a reason to begin with one segment, as if it had been lost (RFC 5562 3).
     */
    boolean isHandshakeMarked() {
        return handshakeMarked && !sender.isDeaf();
    }

    /** True if a pure ACK has to go out that tells of the SYN-ACK's ECN field, before anything else does (3.2.2.1). */
    boolean isHandshakeAckDue() {
        return handshakeAckDue;
    }

    // ---- What comes in

    /** An acceptable segment. @return true if an ACK is due for its mark */
    boolean arrived(final Segment segment) {
        option.dataArrived(segment.ecnField, segment.payloadLength());
        return receiver.arrived(segment, tcb.delayedAck.isPending());
    }

    /**
     * The ACK of an acceptable segment; as {@link AccEcnSender#feedback}.
     *
     * @return how many packets of ours it says were marked
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
     * 3.2.2.2: "A Server MAY implement a test for such a case": nothing of ours is acknowledged yet, so this is no
     * counter.
     */
    private boolean isLateHandshakeAck(final Segment segment) {
        return answering && segment.ack == tcb.iss + 1 && segment.isPureAck();
    }

    // ---- What goes out

    /** AE, CWR and ECE of the next segment; {@code pure} if it is an ACK and nothing else. */
    int flags(final boolean pure) {
        final int ace = pure && handshakeAckDue ? HandshakeEcho.ace(synAckField) : receiver.ace();
        return ace << TcpHeader.ACE_SHIFT;
    }

    /** It went out. */
    void sent(final boolean pure) {
        handshakeAckDue &= !pure;
        receiver.told();
    }
}
