package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.passive.HalfOpenArrives;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SegmentCheck;
import io.tapstack.tcp.timewait.TimeWaitArrives;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES for a connection: RFC 9293 3.10.7.3, and 3.10.7.4 up to the fifth step, with PAWS (RFC 7323 5) and
 * the blind-attack rules of RFC 5961 at their places. {@link SegmentText} continues with the sixth. {@link TcpProtocol}
 * handles a segment for no connection, {@link TcpListener} one for a listener, {@link HalfOpenArrives} one for a
 * passive open until its SYN-ACK is acknowledged, and {@link TimeWaitArrives} one in TIME-WAIT.
 */
public final class SegmentArrives {

    private final ControlBlock tcb;
    private final Handshake handshake;
    private final AckProcessor acks;
    private final ReceiveWindow receiveWindow;
    private final KeepAlive keepAlive;
    private final SegmentText text;

    SegmentArrives(
            final ControlBlock tcb,
            final Handshake handshake,
            final AckProcessor acks,
            final ReceiveWindow receiveWindow,
            final KeepAlive keepAlive) {
        this.tcb = tcb;
        this.handshake = handshake;
        this.acks = acks;
        this.receiveWindow = receiveWindow;
        this.keepAlive = keepAlive;
        this.text = new SegmentText(tcb, receiveWindow);
    }

    /** Processes a segment, and sends all that it allows or demands. */
    public void process(final Segment segment, final long nowNanos) {
        tcb.counters.arrived(segment);
        if (tcb.state == TcpState.SYN_SENT) {
            synSent(segment, nowNanos);
        } else if (tcb.state != TcpState.CLOSED) {
            otherStates(segment, nowNanos);
        }
        if (tcb.state != TcpState.CLOSED) {
            tcb.transmit(nowNanos);
        }
    }

    /** RFC 9293 3.10.7.3: SYN-SENT. The third step, security, is void. */
    private void synSent(final Segment segment, final long nowNanos) {
        // First: check the ACK bit. "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set
        // ...)".
        final boolean ack = segment.has(TcpHeader.ACK);
        final boolean covers =
                SequenceNumber.greaterThan(segment.ack, tcb.iss) && SequenceNumber.lessOrEqual(segment.ack, tcb.sndNxt);
        // As on Linux, the echo of a timestamp that was never sent shows that the segment belongs to another
        // connection.
        final boolean echoes =
                !tcb.config.timestamps() || tcb.timestamps.isEchoSince(segment, handshake.startNanos(), nowNanos);
        if (ack && !(covers && echoes)) {
            tcb.host.resets.answer(segment, tcb.path, nowNanos);
            tcb.statistics.drop(covers ? DropReason.TCP_BAD_ECHO : DropReason.TCP_BAD_ACK);
            return;
        }
        // Second: check the RST bit. "If the ACK was acceptable, then signal to the user ... connection reset";
        // "otherwise (no ACK), drop the segment". The first step has checked that the ACK covers the SYN, as RFC 5961
        // 3.2 asks.
        if (segment.has(TcpHeader.RST)) {
            if (ack) {
                tcb.fail(SocketError.ECONNREFUSED, nowNanos);
            } else {
                tcb.statistics.drop(DropReason.TCP_RST_IGNORED);
            }
            return;
        }
        // Fifth: "if neither of the SYN or RST bits is set, then drop the segment and return."
        if (!segment.has(TcpHeader.SYN)) {
            tcb.statistics.drop(DropReason.TCP_FLAGS);
            return;
        }
        // Fourth: check the SYN bit. "RCV.NXT is set to SEG.SEQ+1, IRS is set to SEG.SEQ."
        tcb.irs = segment.seq;
        tcb.rcvNxt = segment.seq + 1;
        tcb.rcvAdv = tcb.rcvNxt;
        handshake.negotiate(segment, nowNanos);
        tcb.sndWl1 = segment.seq - 1;
        if (!ack) {
            // Simultaneous open: "Otherwise, enter SYN-RECEIVED, form a SYN,ACK segment
            // <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>".
            tcb.enter(TcpState.SYN_RECEIVED, nowNanos);
            acks.updateWindow(segment);
            handshake.sendSynAck(nowNanos);
            text.queue(segment);
            return;
        }
        // "If SND.UNA > ISS (our SYN has been ACKed), change the connection state to ESTABLISHED, form an ACK segment".
        final long roundTrip = tcb.timing.acknowledged(segment.ack, nowNanos);
        sampleHandshake(roundTrip, nowNanos);
        handshake.synAcknowledged(segment.ack);
        final FastOpenSyn fastOpen = handshake.fastOpenSyn;
        if (fastOpen != null) {
            fastOpen.answered(segment.options, segment.ack - (tcb.iss + 1), handshake.synWasLost());
        }
        acks.updateWindow(segment);
        handshake.established(nowNanos);
        tcb.ecn.dataWithSynAck(segment);
        if (tcb.writerWaiting && !tcb.ecn.isHandshakeAckDue()) {
            // "Data or controls that were queued for transmission MAY be included." As on Linux, the ACK of the
            // SYN-ACK waits for the data of a waiting writer.
            tcb.delayedAck.ackWithData(nowNanos);
        } else {
            tcb.delayedAck.ackNow();
        }
        // The SYN-ACK may carry data and a FIN: "continue processing at the sixth step".
        segment.trimFront(tcb.rcvNxt);
        receiveWindow.announce();
        text.trimBackToWindow(segment);
        text.process(segment, nowNanos);
    }

    /** RFC 9293 3.10.7.4: SYN-RECEIVED and later. PAWS and the first four steps are in {@link SegmentCheck}. */
    private void otherStates(final Segment segment, final long nowNanos) {
        // PAWS, before the first step. RFC 7323 5.3 R1: "treat the arriving segment as not acceptable".
        if (SegmentCheck.isOld(segment, tcb.timestamps, tcb.statistics, nowNanos)) {
            if (SegmentCheck.demandsAck(segment)) {
                tcb.delayedAck.ackNow();
            } else {
                tcb.challengeAck(nowNanos);
            }
            return;
        }
        if (isSimultaneousOpen(segment)) {
            simultaneousOpen(segment, nowNanos);
            return;
        }
        final SegmentCheck check =
                SegmentCheck.of(segment, tcb.rcvNxt, tcb.rcvWnd(), isSynUnanswered(segment), tcb.statistics);
        switch (check) {
            case PASSES -> fromFifthStep(segment, nowNanos);
            case NOT_ACCEPTABLE -> refuse(segment, nowNanos);
            case RESET -> reset(nowNanos);
            case RESET_NOT_EXACT, SYN -> tcb.challengeAck(nowNanos);
            case NO_ACK -> {
                // Dropped.
            }
        }
    }

    /** RFC 9293 3.5, figure 7: the peer's SYN-ACK completes a simultaneous open. */
    private void simultaneousOpen(final Segment synAck, final long nowNanos) {
        if (isEcnContradicted(synAck, nowNanos)) {
            return;
        }
        tcb.ecn.synArrived(synAck);
        if (completeHandshake(synAck, nowNanos)) {
            // A strict peer accepts only an ACK whose SEG.SEQ is at its RCV.NXT, so it needs one from here.
            tcb.delayedAck.ackNow();
            text.trimToWindow(synAck);
            text.process(synAck, nowNanos);
        }
    }

    /** Fifth: check the ACK field, "if the ACK bit is on". */
    private void fromFifthStep(final Segment segment, final long nowNanos) {
        if (tcb.state == TcpState.SYN_RECEIVED && !completeHandshake(segment, nowNanos)) {
            return;
        }
        if (handshake.fastOpen != null && SequenceNumber.greaterThan(segment.ack, tcb.iss)) {
            tcb.ecn.synAckAcknowledged(segment);
        }
        if (!acks.process(segment, nowNanos)) {
            return;
        }
        // The SEQ and the ACK are acceptable, so the segment is the peer's: a blind attacker does not keep a dead
        // connection alive.
        keepAlive.heard(nowNanos);
        // RFC 7323 4.3 (2) updates TS.Recent at the first step. Here the ACK is checked before, so that a guessed
        // sequence number alone cannot set TS.Recent.
        if (tcb.timestamps.enabled() && segment.options.hasTimestamps()) {
            tcb.timestamps.accepted(segment.options.timestampValue(), segment.seq, nowNanos);
        }
        if (handshake.fastOpen != null && SequenceNumber.greaterThan(segment.ack, tcb.iss)) {
            timestampsShown(segment);
            handshake.fastOpenCompleted(nowNanos);
        }
        if (!closingStates(segment, nowNanos)) {
            return;
        }
        if (tcb.userTimeoutOption != null) {
            tcb.userTimeoutOption.arrives(segment.options);
        }
        tcb.ecn.arrived(segment);
        text.trimToWindow(segment);
        text.process(segment, nowNanos);
    }

    /**
     * True for the peer's SYN-ACK in a simultaneous open. By its sequence number it repeats the SYN that was received
     * before, but in RFC 9293 3.5, figure 7 it completes the handshake (A.2 mentions the contradiction).
     */
    private boolean isSimultaneousOpen(final Segment segment) {
        return tcb.state == TcpState.SYN_RECEIVED
                && tcb.listener == null
                && segment.seq == tcb.irs
                && (segment.flags & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST)) == (TcpHeader.SYN | TcpHeader.ACK);
    }

    /**
     * RFC 7323 2.2 and 3.2: the peer's ACK of our SYN-ACK has the Timestamps option if the SYN-ACK that it received had
     * it. If a middlebox has removed the option, the peer does not use timestamps.
     */
    private void timestampsShown(final Segment segment) {
        if (tcb.timestamps.enabled() && !segment.options.hasTimestamps()) {
            tcb.timestamps.notAgreed();
            tcb.segmentSize.update();
        }
    }

    /** True for a repetition of the peer's SYN while our SYN-ACK is not acknowledged. */
    private boolean isSynUnanswered(final Segment segment) {
        return segment.seq == tcb.irs
                && segment.isMereSyn()
                && (tcb.state == TcpState.SYN_RECEIVED || handshake.fastOpen != null);
    }

    /**
     * First: "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit
     * is set, if so drop the segment and return)".
     */
    private void refuse(final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.RST)) {
            return; // "unless the RST bit is set"
        }
        final boolean synAgain = isSynUnanswered(segment);
        final FastOpenHandshake fastOpen = handshake.fastOpen;
        if (synAgain && fastOpen != null) {
            if (!isEcnContradicted(segment, nowNanos)) {
                tcb.ecn.synArrived(segment);
                fastOpen.repeat(nowNanos);
            }
            return;
        }
        if (segment.seq == tcb.irs && segment.has(TcpHeader.SYN) && segment.has(TcpHeader.ACK)) {
            tcb.ecn.synAckRepeated(segment);
        }
        if (synAgain) {
            // The peer repeats its SYN, so our SYN-ACK was lost. Only a SYN-ACK has our options, so it is sent again,
            // not an ACK.
            if (isEcnContradicted(segment, nowNanos)) {
                return;
            }
            tcb.timing.cancel(); // Karn
            tcb.ecn.synArrived(segment);
            handshake.sendSynAck(nowNanos);
            return;
        }
        text.reportDuplicate(segment);
        if (SegmentCheck.demandsAck(segment)) {
            tcb.ecn.repetitionArrived();
            tcb.delayedAck.ackTrouble();
        } else {
            tcb.challengeAck(nowNanos);
        }
    }

    /**
     * Resets the connection if a repeated SYN or a SYN-ACK asks for another kind of ECN feedback than the SYN before
     * (RFC 9768 3.1.5).
     *
     * @return true if the connection was reset
     */
    private boolean isEcnContradicted(final Segment syn, final long nowNanos) {
        if (!tcb.ecn.isContradictedBy(syn)) {
            return false;
        }
        tcb.statistics.drop(DropReason.TCP_FLAGS);
        tcb.abortFor(SocketError.ECONNREFUSED, nowNanos);
        return true;
    }

    /**
     * Second: "If the RST bit is set, then any outstanding RECEIVEs and SEND should receive 'reset' responses. All
     * segment queues should be flushed."
     */
    private void reset(final long nowNanos) {
        switch (tcb.state) {
            case SYN_RECEIVED -> tcb.fail(SocketError.ECONNREFUSED, nowNanos);
            case CLOSE_WAIT -> tcb.fail(SocketError.EPIPE, nowNanos);
            default -> tcb.fail(SocketError.ECONNRESET, nowNanos);
        }
    }

    /**
     * Fifth, SYN-RECEIVED: "{@code If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED state}"; "If the segment
     * acknowledgment is not acceptable, form a reset segment".
     *
     * @return false if processing of the segment ends here
     */
    private boolean completeHandshake(final Segment segment, final long nowNanos) {
        if (SequenceNumber.lessOrEqual(segment.ack, tcb.sndUna)
                || SequenceNumber.greaterThan(segment.ack, tcb.sndNxt)) {
            tcb.host.resets.answer(segment, tcb.path, nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        final long roundTrip = tcb.timing.acknowledged(segment.ack, nowNanos);
        sampleHandshake(roundTrip, nowNanos);
        timestampsShown(segment);
        handshake.synAcknowledged(segment.ack);
        tcb.ecn.synAckAcknowledged(segment);
        tcb.sndWl1 = segment.seq - 1;
        tcb.sndWl2 = segment.ack;
        acks.updateWindow(segment);
        handshake.established(nowNanos);
        // RFC 9293 3.10.4, a CLOSE in SYN-RECEIVED: "queue for processing after entering ESTABLISHED state".
        if (tcb.finQueued) {
            tcb.enter(TcpState.FIN_WAIT_1, nowNanos);
        }
        text.processQueued(segment, nowNanos);
        return tcb.state != TcpState.CLOSED;
    }

    /** Gives the round trip of the handshake, if there is one (at least 0), to the estimator. */
    private void sampleHandshake(final long roundTrip, final long nowNanos) {
        if (roundTrip >= 0) {
            tcb.estimator.sample(roundTrip, false, nowNanos);
        } else if (handshake.synWasLost()) {
            tcb.estimator.synWasRetransmitted();
        }
    }

    /**
     * Fifth, in the states after our CLOSE.
     *
     * @return false if the connection has ended
     */
    private boolean closingStates(final Segment segment, final long nowNanos) {
        switch (tcb.state) {
            // "if the FIN segment is now acknowledged, then enter FIN-WAIT-2"
            case FIN_WAIT_1 -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.FIN_WAIT_2, nowNanos);
                }
            }
            // "if the ACK acknowledges our FIN, then enter the TIME-WAIT state"
            case CLOSING -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.TIME_WAIT, nowNanos);
                }
            }
            // "If our FIN is now acknowledged, delete the TCB, enter the CLOSED state, and return."
            case LAST_ACK -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.CLOSED, nowNanos);
                    return false;
                }
            }
            default -> {
                // The application has not closed, or the peer has our FIN already.
            }
        }
        return !text.abandonsUnread(segment, nowNanos);
    }
}
