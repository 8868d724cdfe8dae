package io.tapstack.tcp.connection;

import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.ecn.EcnNegotiation;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TrafficClass;
import org.jspecify.annotations.Nullable;

/**
 * Explicit Congestion Notification of one connection (RFC 3168 6.1): negotiates ECN in the handshake, echoes marks of
 * received packets, and reacts to the peer's echo. In AccECN mode (RFC 9768) {@link AccurateEcn} handles the feedback,
 * and the reaction of the window is the same.
 *
 * <p>Difference from Linux: there a repeated SYN-ACK keeps ECE although the peer's repeated SYN does not ask for ECN
 * any more.
 */
final class ExplicitCongestionNotification {

    private final ControlBlock tcb;
    private final EcnNegotiation negotiation;
    private @Nullable AccurateEcn accurate;

    private boolean marksFedBack; // the last ACK reports a mark, in AccECN mode
    private boolean seen;
    private boolean echoing;
    private boolean cwrDue;
    // The window was reduced when SND.NXT was reducedAt, and no data sent later is acknowledged.
    private boolean reduced;
    private int reducedAt;
    private boolean reducedForEcho;

    ExplicitCongestionNotification(final ControlBlock tcb) {
        this.tcb = tcb;
        this.negotiation = new EcnNegotiation(tcb.config);
    }

    // ---- The handshake

    /** ECN flags of our next SYN or SYN-ACK; {@link #synSent} records that it was sent. */
    int synFlags(final boolean ack) {
        return ack ? negotiation.synAckFlags() : negotiation.synFlags();
    }

    /** True if our next SYN-ACK has an AccECN option (RFC 9768 3.2.3.2.1). */
    boolean isOptionInSynAck() {
        return accurate != null && negotiation.isFirstSynAck() && tcb.config.accEcnOption() != AccEcnOptionMode.NEVER;
    }

    /** The peer's SYN or SYN-ACK, or a repetition, has arrived before the connection is established. */
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
     * A SYN-ACK was repeated after the connection was established: its flags have no effect (RFC 9768 3.1.5), but its
     * ECN field is fed back.
     */
    void synAckRepeated(final Segment synAck) {
        if (accurate != null) {
            accurate.synAckArrived(synAck, false);
        }
    }

    /**
     * True if the peer's SYN or SYN-ACK asks for another kind of feedback than the one before: the connection has to be
     * reset (RFC 9768 3.1.5).
     */
    boolean isContradictedBy(final Segment syn) {
        return negotiation.isContradicted(syn);
    }

    /** As {@link EcnNegotiation#takeOver}; the peer's SYN has {@linkplain #synArrived arrived}. */
    void takeOver(final int synAcksSent, final EcnFeedback agreed, final boolean plainSyn) {
        negotiation.takeOver(synAcksSent, agreed, plainSyn);
        if (accurate != null && synAcksSent > 1) {
            // RFC 9768 3.2.3.2.2: the first SYN-ACK may have been dropped for its option.
            accurate.option.suspect();
        }
    }

    /** The first segment that acknowledges our SYN-ACK has arrived. */
    void synAckAcknowledged(final Segment segment) {
        if (accurate != null) {
            accurate.synAckAcknowledged(segment);
        }
    }

    /** True if our SYN or SYN-ACK was marked, so that the initial window is that after a loss. */
    boolean isHandshakeMarked() {
        return accurate != null && accurate.isHandshakeMarked();
    }

    /** True if the ACK of the SYN-ACK has to be a segment without data (RFC 9768 3.2.2.1). */
    boolean isHandshakeAckDue() {
        return accurate != null && accurate.isHandshakeAckDue();
    }

    /** The counters of AccECN mode; null in other modes. */
    @Nullable
    AccurateEcn accurate() {
        return accurate;
    }

    /** True if data may be sent as ECN-capable, or the mode is AccECN, in which the peer's feedback counts. */
    boolean isAgreed() {
        return accurate != null || negotiation.maySendCapable();
    }

    /** True if the peer has sent data that was ECN-capable. */
    boolean isSeen() {
        return seen;
    }

    // ---- Received segments

    /**
     * An acceptable segment has arrived, at least partly in the window. RFC 3168 6.1.5 ignores the mark of any other.
     */
    void arrived(final Segment segment) {
        if (accurate != null) {
            arrived(accurate, segment);
        } else if (segment.payloadLength() > 0 && negotiation.isClassic()) {
            dataArrived(segment);
        }
    }

    /** Counts the data of the SYN-ACK of an active open. Its mark is counted with the SYN (RFC 9768 3.2). */
    void dataWithSynAck(final Segment synAck) {
        if (accurate != null && synAck.payloadLength() > 0) {
            accurate.receiver.dataWithSynAck(synAck);
            accurate.option.dataArrived(synAck.ecnField, synAck.payloadLength());
        }
    }

    /** Data has arrived that was acknowledged before. */
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
            // RFC 3168 6.1.3: CWR ends the echo. The peer's window may be a single segment now, so its ACK is sent at
            // once.
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
     * Processes an ACK at or above SND.UNA.
     *
     * @return true if the congestion window has to be reduced for its echo: once per window of data (RFC 3168 6.1.2)
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
     * Processes an ACK at or above SND.UNA in AccECN mode, after loss recovery. RFC 9768 4: an increase of the count of
     * marked packets has the effect of ECE in RFC 3168 6.1.2.
     *
     * @param segments segments that the ACK delivers
     * @param newer true if it is newer than the segments before, whatever it delivers
     * @param flight segments in flight before it
     * @return true if the congestion window has to be reduced: once per window of data
     */
    boolean feedbackArrived(final Segment segment, final int segments, final boolean newer, final int flight) {
        marksFedBack = accurate != null && accurate.feedback(segment, segments, newer, flight) > 0;
        if (!marksFedBack) {
            return false;
        }
        echoed();
        return !reduced && flight > 0;
    }

    /** True if the ACK being processed reports a mark. */
    boolean isEcho(final Segment segment) {
        return accurate == null ? segment.has(TcpHeader.ECE) : marksFedBack;
    }

    private void echoed() {
        tcb.statistics.congestionEchoesReceived++;
        tcb.statistics.observer().congestionEchoed(tcb);
    }

    /** True after a reduction of the window for any cause, until data sent after it is acknowledged. */
    boolean isReduced() {
        return reduced;
    }

    /**
     * True while the window must not grow: after a reduction for an echo, until data sent after it is acknowledged.
     * After a loss other rules apply.
     */
    boolean holdsGrowth() {
        return reduced && reducedForEcho;
    }

    /**
     * The congestion window was reduced: the next new data has CWR (RFC 3168 6.1.2).
     *
     * @param forEcho true if for an echo, false if for a loss
     */
    void windowReduced(final boolean forEcho) {
        if (isAgreed()) {
            reduced = true;
            reducedForEcho = forEcho;
            reducedAt = tcb.sndNxt;
            cwrDue = accurate
                    == null; // RFC 9768 3.1.5: "MUST NOT set CWR to indicate that it has received and responded"
        }
    }

    // ---- Sent segments

    /**
     * Adds AE, ECE and CWR to {@code flags}.
     *
     * @param pure true if the segment is an ACK without data or other flags
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
     * The ECN field of a segment's IP header. By RFC 3168 6.1.4 to 6.1.6, which RFC 9768 4 keeps, only new data is
     * ECN-capable: a mark on another segment could be forged, or lost unnoticed.
     */
    int field(final boolean newData) {
        final boolean capable =
                newData && negotiation.maySendCapable() && (accurate == null || accurate.sender.maySendCapable());
        return capable ? TrafficClass.ECT_0 : TrafficClass.NOT_ECT;
    }

    /**
     * True if a device must not cut the next segment. A device treats CWR as that of RFC 3168 and leaves it to the
     * first segment, but in AccECN mode the bit is a part of the ACE field of each segment (RFC 9768 3.3.4).
     */
    boolean isUncuttable() {
        return accurate != null && (accurate.flags(false) & TcpHeader.CWR) != 0;
    }

    /** A SYN or SYN-ACK with these flags was sent. */
    void synSent(final int flags) {
        negotiation.sent(flags);
    }

    /** A segment with these flags was sent. */
    void sent(final int flags, final boolean pure) {
        if (accurate != null) {
            accurate.sent(pure);
        } else if ((flags & TcpHeader.CWR) != 0) {
            cwrDue = false;
        }
    }
}
