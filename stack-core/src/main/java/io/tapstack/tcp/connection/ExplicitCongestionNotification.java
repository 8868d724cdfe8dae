package io.tapstack.tcp.connection;

import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.ecn.EcnNegotiation;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Explicit Congestion Notification of one connection: the agreement in the handshake, the echo of what the network has
 * marked on its way to us, and the answer to the peer's echo of what it has marked on its way from us. By RFC 3168 6.1;
 * in AccECN mode (RFC 9768) feedback goes by {@link AccurateEcn}, and how the window answers it stays the same.
 *
 * <p>Where Linux differs: there a repeated SYN-ACK keeps ECE although the peer's repeated SYN does not ask any more.
 */
final class ExplicitCongestionNotification {

    private final ControlBlock tcb;
    private final EcnNegotiation negotiation;
    private @Nullable AccurateEcn accurate;

    private boolean marksFedBack; // by the last ACK, in AccECN mode
    private boolean seen;
    private boolean echoing;
    private boolean cwrDue;
    // The window was reduced when SND.NXT was reducedAt, and the peer has acknowledged nothing that was sent later.
    private boolean reduced;
    private int reducedAt;
    private boolean reducedForEcho;

    ExplicitCongestionNotification(final ControlBlock tcb) {
        this.tcb = tcb;
        this.negotiation = new EcnNegotiation(tcb.config);
    }

    // ---- The handshake

    /** What goes into our next SYN or SYN-ACK; {@link #sent} is told when it has gone out. */
    int synFlags(final boolean ack) {
        return ack ? negotiation.synAckFlags() : negotiation.synFlags();
    }

    /** True if our next SYN-ACK has an AccECN option (RFC 9768 3.2.3.2.1). */
    boolean isOptionInSynAck() {
        return accurate != null && negotiation.isFirstSynAck() && tcb.config.accEcnOption() != AccEcnOptionMode.NEVER;
    }

    /** The peer's SYN or SYN-ACK, also a repeated one, before the connection is established. */
    void synArrived(final Segment syn) {
        final boolean ack = syn.has(TcpHeader.ACK);
        if (ack) {
            negotiation.synAckArrived(syn);
        } else {
            negotiation.synArrived(syn);
        }
        if (negotiation.isAccurate()) {
            if (accurate == null) {
                accurate = new AccurateEcn(tcb);
            }
            if (ack) {
                accurate.synAckArrived(syn, true);
            }
        }
    }

    /**
     * A SYN-ACK came again when the connection was established: its flags decide nothing (RFC 9768 3.1.5), but its ECN
     * field is fed back.
     */
    void synAckRepeated(final Segment synAck) {
        if (accurate != null) {
            accurate.synAckArrived(synAck, false);
        }
    }

    /**
     * True if the peer's SYN, or SYN-ACK, wants another feedback than the one before: the connection has to be reset
     * (RFC 9768 3.1.5).
     */
    boolean isContradictedBy(final Segment syn) {
        return negotiation.isContradicted(syn);
    }

    /** As {@link EcnNegotiation#takeOver}; the peer's SYN has {@linkplain #synArrived arrived}. */
    void takeOver(final int synAcksSent, final EcnFeedback agreed, final boolean plainSyn) {
        negotiation.takeOver(synAcksSent, agreed, plainSyn);
        if (accurate != null && synAcksSent > 1) {
            // RFC 9768 3.2.3.2.2: it was perhaps the option for which the first one was dropped.
            accurate.option.suspect();
        }
    }

    /** The first segment that acknowledges our SYN-ACK. */
    void synAckAcknowledged(final Segment segment) {
        if (accurate != null) {
            accurate.synAckAcknowledged(segment);
        }
    }

    /** True if our SYN, or SYN-ACK, came with a mark, so that we begin as if it had been lost. */
    boolean isHandshakeMarked() {
        return accurate != null && accurate.isHandshakeMarked();
    }

    /** True if the ACK of the SYN-ACK has to go out as a segment of its own (RFC 9768 3.2.2.1). */
    boolean isHandshakeAckDue() {
        return accurate != null && accurate.isHandshakeAckDue();
    }

    /** In AccECN mode, what is counted; else null. */
    @Nullable
    AccurateEcn accurate() {
        return accurate;
    }

    /** True if data may go out as ECN-capable, or could, and the peer's feedback counts. */
    boolean isAgreed() {
        return accurate != null || negotiation.maySendCapable();
    }

    /** True if the peer has sent data that was ECN-capable. */
    boolean isSeen() {
        return seen;
    }

    // ---- What comes in

    /**
     * An acceptable segment, which is in the window at least in part: RFC 3168 6.1.5 has us ignore the mark on any
     * other.
     */
    void arrived(final Segment segment) {
        if (accurate != null) {
            arrived(accurate, segment);
        } else if (segment.payloadLength() > 0 && negotiation.isClassic()) {
            dataArrived(segment);
        }
    }

    /**
     * The SYN-ACK of an active open may have brought data, whose bytes count; its mark was counted with its SYN (RFC
     * 9768 3.2).
     */
    void dataWithSynAck(final Segment synAck) {
        if (accurate != null && synAck.payloadLength() > 0) {
            accurate.receiver.dataWithSynAck(synAck);
            accurate.option.dataArrived(synAck.ecnField, synAck.payloadLength());
        }
    }

    /** Data came that was acknowledged before. */
    void repetitionArrived() {
        if (accurate != null) {
            accurate.option.repetitionArrived();
        }
    }

    private void arrived(final AccurateEcn feedback, final Segment segment) {
        seen |= segment.payloadLength() > 0 && segment.isEcnCapable();
        final boolean ackDue = feedback.arrived(segment);
        if (segment.isMarked()) {
            marked();
        }
        if (ackDue) {
            tcb.delayedAck.ackNow();
        }
    }

    private void marked() {
        tcb.statistics.congestionMarksReceived++;
        tcb.statistics.observer().congestionMarked(tcb);
    }

    private void dataArrived(final Segment segment) {
        if (echoing && segment.has(TcpHeader.CWR)) {
            // 6.1.3. The peer's window may be a single segment now, so it should not wait for its ACK.
            echoing = false;
            tcb.delayedAck.ackNow();
        }
        seen |= segment.isEcnCapable();
        if (segment.isMarked()) {
            marked();
            if (!echoing) {
                echoing = true;
                tcb.delayedAck.ackNow();
            }
        }
    }

    /**
     * An ACK at or above SND.UNA.
     *
     * @return true if the congestion window has to be reduced for its echo: once for a window of data (6.1.2)
     */
    boolean ackArrived(final Segment segment) {
        if (reduced && SequenceNumber.greaterThan(segment.ack, reducedAt)) {
            reduced = false;
        }
        if (accurate != null
                || !negotiation.maySendCapable()
                || !segment.has(TcpHeader.ECE)
                || segment.has(TcpHeader.SYN)) {
            return false;
        }
        echoed();
        return !reduced && tcb.sndNxt != tcb.sndUna;
    }

    /**
     * An ACK at or above SND.UNA in AccECN mode, when loss recovery has taken it in; RFC 9768 4: what RFC 3168 6.1.2
     * does for ECE is done when the count of marked packets goes up.
     *
     * @param segments that it delivers
     * @param newer whether it is newer than what came before, whatever it delivers
     * @param flight segments that were in flight before it
     * @return true if the congestion window has to be reduced: once for a window of data
     */
    boolean feedbackArrived(final Segment segment, final int segments, final boolean newer, final int flight) {
        marksFedBack = accurate != null && accurate.feedback(segment, segments, newer, flight) > 0;
        if (!marksFedBack) {
            return false;
        }
        echoed();
        return !reduced && flight > 0;
    }

    /** True if the ACK that is being processed tells of a mark. */
    boolean isEcho(final Segment segment) {
        return accurate == null ? segment.has(TcpHeader.ECE) : marksFedBack;
    }

    private void echoed() {
        tcb.statistics.congestionEchoesReceived++;
        tcb.statistics.observer().congestionEchoed(tcb);
    }

    /** True until something is acknowledged that was sent after the window was reduced, for whatever reason. */
    boolean isReduced() {
        return reduced;
    }

    /**
     * True while the window must not grow: until that, if it was reduced for an echo. After a loss it has rules of its
     * own.
     */
    boolean holdsGrowth() {
        return reduced && reducedForEcho;
    }

    /** The congestion window was reduced, for an echo or for a loss: the first new data says so (6.1.2). */
    void windowReduced(final boolean forEcho) {
        if (isAgreed()) {
            reduced = true;
            reducedForEcho = forEcho;
            reducedAt = tcb.sndNxt;
            cwrDue = accurate
                    == null; // RFC 9768 3.1.5: "MUST NOT set CWR to indicate that it has received and responded"
        }
    }

    // ---- What goes out

    /**
     * {@code flags} with AE, ECE and CWR as they have to be; {@code pure} if the segment is an ACK and nothing else.
     */
    int flags(final int flags, final boolean newData, final boolean pure) {
        if ((flags & TcpHeader.SYN) != 0) {
            return flags;
        }
        if (accurate != null) {
            return flags | accurate.flags(pure);
        }
        if ((flags & TcpHeader.RST) != 0) {
            return flags;
        }
        return flags | (echoing ? TcpHeader.ECE : 0) | (newData && cwrDue ? TcpHeader.CWR : 0);
    }

    /**
     * The ECN field of a segment's IP header. RFC 3168 6.1.4 to 6.1.6, which RFC 9768 4 leaves as they are: only new
     * data is ECN-capable; a mark on anything else could be forged, or lost unnoticed.
     */
    int field(final boolean newData) {
        final boolean capable =
                newData && negotiation.maySendCapable() && (accurate == null || accurate.sender.maySendCapable());
        return capable ? Ipv4Header.ECT_0 : Ipv4Header.NOT_ECT;
    }

    /**
     * True if a device must not cut what is sent now: it takes CWR for RFC 3168's and leaves it to the first segment,
     * but here it is a part of a number that each of them has (RFC 9768 3.3.4).
     */
    boolean isUncuttable() {
        return accurate != null && (accurate.flags(false) & TcpHeader.CWR) != 0;
    }

    /** A SYN or SYN-ACK with these flags went out. */
    void synSent(final int flags) {
        negotiation.sent(flags);
    }

    /** A segment with these flags went out. */
    void sent(final int flags, final boolean pure) {
        if (accurate != null) {
            accurate.sent(pure);
        } else if ((flags & TcpHeader.CWR) != 0) {
            cwrDue = false;
        }
    }
}
