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
 * SEGMENT ARRIVES for a connection: RFC 9293 3.10.7.3 and 3.10.7.4, step by step, with PAWS (RFC 7323 5) and the
 * blind-attack rules of RFC 5961 at their places. {@link TcpProtocol} handles a segment for no connection,
 * {@link TcpListener} one for a listener, {@link HalfOpenArrives} one for a passive open until its SYN-ACK is
 * acknowledged, and {@link TimeWaitArrives} one in TIME-WAIT.
 */
public final class SegmentArrives {

    private final ControlBlock tcb;
    private final Handshake handshake;
    private final AckProcessor acks;
    private final ReceiveWindow receiveWindow;
    private final KeepAlive keepAlive;

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
            queue(segment);
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
        trimBackToWindow(segment);
        fromSixthStep(segment, nowNanos);
    }

    /**
     * RFC 9293 3.10.7.3, fourth, for the SYN of a simultaneous open: "If there are other controls or text in the
     * segment, queue them for processing after the ESTABLISHED state has been reached."
     */
    private void queue(final Segment segment) {
        segment.trimFront(tcb.rcvNxt);
        trimBackToWindow(segment);
        final int length = segment.payloadLength();
        if (length > 0) {
            final int limit = receiveWindow.reassemblyLimit();
            final boolean kept = !tcb.pool.underPressure()
                    && tcb.reassembly.insert(segment.seq, segment.memory(), segment.payloadOffset(), length, limit);
            if (!kept) {
                // The data is not acknowledged, so the peer sends it again.
                tcb.statistics.drop(DropReason.NO_MEMORY);
                return;
            }
        }
        if (segment.has(TcpHeader.FIN)) {
            tcb.finAnnounced = true;
            tcb.finSequence = segment.seq + length;
        }
    }

    /** In ESTABLISHED, receives the data and the FIN that were {@linkplain #queue queued} from the peer's SYN. */
    private void processQueued(final Segment segment, final long nowNanos) {
        if (!tcb.reassembly.isEmpty()) {
            if (tcb.orphan) {
                abandonUnread(segment, nowNanos);
                return;
            }
            tcb.rcvNxt = tcb.reassembly.deliver(tcb.rcvNxt, tcb.receiveQueue);
            if (tcb.inputShutdown) {
                tcb.receiveQueue.clear();
            }
            tcb.delayedAck.ackNow();
            tcb.observer.readable();
        }
        if (tcb.finAnnounced && tcb.finSequence == tcb.rcvNxt) {
            finInOrder(nowNanos);
        }
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
            trimToWindow(synAck);
            fromSixthStep(synAck, nowNanos);
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
        trimToWindow(segment);
        fromSixthStep(segment, nowNanos);
    }

    private void fromSixthStep(final Segment segment, final long nowNanos) {
        // Sixth: check the URG bit.
        urgent(segment);
        // Seventh: process the segment text.
        text(segment, nowNanos);
        // Eighth: check the FIN bit.
        fin(segment, nowNanos);
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
        reportDuplicate(segment);
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
        processQueued(segment, nowNanos);
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
        if ((tcb.orphan || (tcb.inputUnwanted || tcb.inputShutdown) && tcb.finQueued)
                && (segment.payloadLength() > 0 || segment.has(TcpHeader.FIN))
                && tcb.state.canReceive()
                && SequenceNumber.greaterThan(segment.seq + segment.payloadLength(), tcb.rcvNxt)) {
            abandonUnread(segment, nowNanos);
            return false;
        }
        return true;
    }

    /**
     * Resets the connection when data arrives for an application that has closed, or that neither sends nor receives
     * any more, so that the peer does not take the data for read (RFC 1122 4.2.2.13). A FIN ahead of missing data
     * announces such data.
     */
    private void abandonUnread(final Segment segment, final long nowNanos) {
        tcb.statistics.drop(DropReason.TCP_AFTER_CLOSE);
        // The reset is formed from the segment. Its SEQ is then the RCV.NXT of the peer, even if our FIN was lost (RFC
        // 5961 3.2).
        tcb.host.resets.answer(segment, tcb.path, nowNanos);
        tcb.statistics.connectionsAborted++;
        tcb.fail(SocketError.ECONNRESET, nowNanos);
    }

    /**
     * "One could tailor actual segments to fit this assumption by trimming off any portions that lie outside the
     * window".
     */
    private void trimToWindow(final Segment segment) {
        final int before = segment.length();
        reportDuplicate(segment);
        segment.trimFront(tcb.rcvNxt);
        trimBackToWindow(segment);
        if (tcb.finAnnounced && !segment.has(TcpHeader.FIN)) {
            // The stream ends at the FIN, so data behind it is cut.
            segment.trimBack(tcb.finSequence);
        }
        if (segment.length() < before) {
            // A part of the segment is a duplicate or lies beyond the window. The peer needs an ACK to learn RCV.NXT.
            tcb.delayedAck.ackTrouble();
        }
    }

    /**
     * Cuts the part beyond the window. A FIN just behind the window stays, as on Linux: it needs no buffer, and a peer
     * that held its FIN back would wait for an application that may be waiting for the end of the stream.
     */
    private void trimBackToWindow(final Segment segment) {
        final boolean finAtEdge = segment.has(TcpHeader.FIN) && segment.seq + segment.payloadLength() == tcb.rcvAdv;
        segment.trimBack(finAtEdge ? tcb.rcvAdv + 1 : tcb.rcvAdv);
    }

    /**
     * Sixth: "{@code If the URG bit is set, RCV.UP <- max(RCV.UP,SEG.UP)}, and signal the user that the remote side has
     * urgent data". A SYN-ACK may have it too (3.10.7.3: "other controls"). After the peer's FIN: "Ignore the URG."
     */
    private void urgent(final Segment segment) {
        if (segment.has(TcpHeader.URG)
                && tcb.state.canReceive()
                && tcb.urgentPointer().arrives(segment)) {
            tcb.observer.readable();
        }
    }

    /** Reports the part below RCV.NXT, with a FIN in it, to the peer as a D-SACK block (RFC 2883 4). */
    private void reportDuplicate(final Segment segment) {
        if (tcb.sackAgreed
                && segment.length() > 0
                && !segment.has(TcpHeader.SYN)
                && SequenceNumber.lessThan(segment.seq, tcb.rcvNxt)) {
            tcb.sacks.duplicate(segment.seq, SequenceNumber.min(segment.seq + segment.length(), tcb.rcvNxt));
        }
    }

    /** Seventh: process the segment text. After the peer's FIN: "Ignore the segment text." */
    private void text(final Segment segment, final long nowNanos) {
        final int length = segment.payloadLength();
        if (length == 0 || !tcb.state.canReceive()) {
            return;
        }
        if (tcb.pool.underPressure() && !isUrgentlyNeeded(segment)) {
            tcb.statistics.drop(DropReason.NO_MEMORY);
            segment.trimBack(segment.seq);
            return;
        }
        // "Segments with higher beginning sequence numbers SHOULD be held for later processing (SHLD-31)."
        if (segment.seq != tcb.rcvNxt) {
            tcb.noteArrival(segment.seq, length, nowNanos);
            outOfOrder(segment, length);
            return;
        }
        if (!tcb.inputShutdown) {
            tcb.receiveQueue.append(segment.memory(), segment.payloadOffset(), length);
        }
        tcb.noteArrival(segment.seq, length, nowNanos);
        dataArrived(segment, length, nowNanos);
        // "it advances RCV.NXT over the data accepted, and adjusts RCV.WND as appropriate to the current buffer
        // availability"
        tcb.rcvNxt += length;
        if (!tcb.reassembly.isEmpty()) {
            // RFC 5681 4.2: an immediate ACK for a segment that fills a gap.
            tcb.delayedAck.ackNow();
            if (tcb.sackAgreed) {
                tcb.sacks.filled(segment.seq, segment.seq + length);
            }
            tcb.rcvNxt = tcb.reassembly.deliver(tcb.rcvNxt, tcb.receiveQueue);
            tcb.sacks.inOrder(tcb.rcvNxt);
            if (tcb.inputShutdown) {
                tcb.receiveQueue.clear();
            }
        }
        if (tcb.urgent != null) {
            tcb.urgent.dataArrived();
        }
        tcb.observer.readable();
    }

    /** Accounts for {@code bytes} of {@code segment}, which are new and in order. RCV.NXT does not include them yet. */
    private void dataArrived(final Segment segment, final int bytes, final long nowNanos) {
        tcb.counters.dataArrived(nowNanos);
        receiveWindow.dataArrived(segment, tcb.segmentSize.received(bytes), nowNanos);
        final int fullSegment = tcb.segmentSize.fullReceived();
        tcb.delayedAck.quickAck().dataArrived(tcb.rcvWnd(), fullSegment, tcb.estimator.rto(), nowNanos);
        tcb.delayedAck.dataArrived(bytes, fullSegment, nowNanos);
    }

    /**
     * Under memory pressure, frees the reassembly queue first: its data is not acknowledged, so the peer sends it
     * again.
     *
     * @return true if the segment may be kept: the pressure is over, or the segment is the next in order and the
     *     receive queue is empty; two stacks that are full of data to send would otherwise wait for each other for ever
     */
    private boolean isUrgentlyNeeded(final Segment segment) {
        tcb.reassembly.prune();
        pruned();
        return !tcb.pool.underPressure() || segment.seq == tcb.rcvNxt && tcb.receiveQueue.length() == 0;
    }

    private void outOfOrder(final Segment segment, final int length) {
        // RFC 5681 4.2: an immediate duplicate ACK for a segment out of order.
        tcb.delayedAck.ackTrouble();
        tcb.counters.outOfOrder(segment);
        final int limit = receiveWindow.reassemblyLimit();
        final boolean kept =
                tcb.reassembly.insert(segment.seq, segment.memory(), segment.payloadOffset(), length, limit);
        pruned();
        if (!kept) {
            tcb.statistics.drop(DropReason.TCP_REASSEMBLY_LIMIT);
        } else if (tcb.sackAgreed) {
            tcb.sacks.outOfOrder(segment.seq, segment.seq + length);
        }
    }

    /** Forgets the SACK blocks of data that the reassembly queue has dropped. */
    private void pruned() {
        if (tcb.reassembly.takePruned()) {
            tcb.sacks.forgetFrom(tcb.reassembly.end(tcb.rcvNxt));
            tcb.statistics.drop(DropReason.TCP_REASSEMBLY_PRUNED);
        }
    }

    /** Eighth: check the FIN bit. */
    private void fin(final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.FIN)) {
            // A FIN out of order is processed when all data before it has arrived.
            tcb.finAnnounced = true;
            tcb.finSequence = segment.seq + segment.payloadLength();
            if (tcb.finSequence != tcb.rcvNxt) {
                tcb.delayedAck.ackNow(); // RFC 5681 4.2, as for data out of order
                if (tcb.sackAgreed) {
                    tcb.sacks.outOfOrder(tcb.finSequence, tcb.finSequence + 1);
                }
            }
        }
        if (tcb.finAnnounced && tcb.finSequence == tcb.rcvNxt && !tcb.finReceived) {
            finInOrder(nowNanos);
        }
    }

    /** "advance RCV.NXT over the FIN, and send an acknowledgment for the FIN" */
    private void finInOrder(final long nowNanos) {
        tcb.finReceived = true;
        tcb.rcvNxt++;
        tcb.rcvAdv = SequenceNumber.max(tcb.rcvAdv, tcb.rcvNxt); // the FIN may be just behind the window
        tcb.sacks.inOrder(tcb.rcvNxt);
        switch (tcb.state) {
            // "Enter the CLOSE-WAIT state."
            case ESTABLISHED -> tcb.enter(TcpState.CLOSE_WAIT, nowNanos);
            // "If our FIN has been ACKed (perhaps in this segment), then enter TIME-WAIT ...; otherwise, enter the
            // CLOSING state."
            case FIN_WAIT_1 -> tcb.enter(tcb.isFinAcknowledged() ? TcpState.TIME_WAIT : TcpState.CLOSING, nowNanos);
            case FIN_WAIT_2 -> tcb.enter(TcpState.TIME_WAIT, nowNanos);
            default -> {
                // "Remain in the CLOSE-WAIT state", and so for CLOSING, LAST-ACK and TIME-WAIT.
            }
        }
        tcb.delayedAck.ackNow();
        tcb.observer.readable();
    }
}
