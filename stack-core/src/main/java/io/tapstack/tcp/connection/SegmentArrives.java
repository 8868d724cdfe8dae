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
 * blind-attack rules of RFC 5961 at their places. A passive open comes here when its SYN is acknowledged
 * ({@link HalfOpenArrives}). What arrives for no connection at all is {@link TcpProtocol}'s, what arrives for a
 * listener {@link TcpListener}'s business, and what arrives in TIME-WAIT {@link TimeWaitArrives}'.
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

    /** Processes a segment, and sends whatever it allows or demands. */
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

    /** RFC 9293 3.10.7.3. */
    private void synSent(final Segment segment, final long nowNanos) {
        // First: check the ACK bit.
        final boolean ack = segment.has(TcpHeader.ACK);
        final boolean covers =
                SequenceNumber.greaterThan(segment.ack, tcb.iss) && SequenceNumber.lessOrEqual(segment.ack, tcb.sndNxt);
        // As on Linux, an echo of what was never sent shows just as well that the segment belongs to another
        // connection.
        final boolean echoes =
                !tcb.config.timestamps() || tcb.timestamps.isEchoSince(segment, handshake.startNanos(), nowNanos);
        if (ack && !(covers && echoes)) {
            tcb.host.resets.answer(segment, tcb.path, nowNanos);
            tcb.statistics.drop(covers ? DropReason.TCP_BAD_ECHO : DropReason.TCP_BAD_ACK);
            return;
        }
        // Second: check the RST bit. RFC 5961 3.2 wants an ACK that covers the SYN, which was checked just now.
        if (segment.has(TcpHeader.RST)) {
            if (ack) {
                tcb.fail(SocketError.ECONNREFUSED, nowNanos);
            } else {
                tcb.statistics.drop(DropReason.TCP_RST_IGNORED);
            }
            return;
        }
        // Fourth and fifth: check the SYN bit.
        if (!segment.has(TcpHeader.SYN)) {
            tcb.statistics.drop(DropReason.TCP_FLAGS);
            return;
        }
        tcb.irs = segment.seq;
        tcb.rcvNxt = segment.seq + 1;
        tcb.rcvAdv = tcb.rcvNxt;
        handshake.negotiate(segment, nowNanos);
        tcb.sndWl1 = segment.seq - 1;
        if (!ack) {
            // Simultaneous open.
            tcb.enter(TcpState.SYN_RECEIVED, nowNanos);
            acks.updateWindow(segment);
            handshake.sendSynAck(nowNanos);
            queue(segment);
            return;
        }
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
            // The ACK of the SYN may carry data (RFC 9293 3.10.7.3), and as on Linux it waits for that of a writer who
            // waits.
            tcb.delayedAck.ackWithData(nowNanos);
        } else {
            tcb.delayedAck.ackNow();
        }
        // Data and FIN may have come along (RFC 9293 3.10.7.3: "processing continues at the sixth step").
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
                // It was not acknowledged, so the peer sends it again.
                tcb.statistics.drop(DropReason.NO_MEMORY);
                return;
            }
        }
        if (segment.has(TcpHeader.FIN)) {
            tcb.finAnnounced = true;
            tcb.finSequence = segment.seq + length;
        }
    }

    /** The connection is ESTABLISHED: what was {@linkplain #queue queued} with the peer's SYN is received now. */
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

    /** RFC 9293 3.10.7.4. */
    private void otherStates(final Segment segment, final long nowNanos) {
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

    private void simultaneousOpen(final Segment synAck, final long nowNanos) {
        if (isEcnContradicted(synAck, nowNanos)) {
            return;
        }
        tcb.ecn.synArrived(synAck);
        if (completeHandshake(synAck, nowNanos)) {
            // The peer may be as strict as the table of acceptability is, and wait for an ACK at its RCV.NXT.
            tcb.delayedAck.ackNow();
            trimToWindow(synAck);
            fromSixthStep(synAck, nowNanos);
        }
    }

    /** Fifth: "if the ACK bit is on". */
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
        // Not what anybody could have sent who has guessed no number.
        keepAlive.heard(nowNanos);
        // RFC 7323 4.3 (2) has this at the first step. But nobody who has guessed a sequence number alone may set
        // TS.Recent.
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
     * True for the peer's SYN-ACK in a simultaneous open. Its SYN was received before, so by sequence number it is a
     * duplicate, but RFC 9293 3.5, figure 7 has it complete the handshake (A.2 knows of the contradiction).
     */
    private boolean isSimultaneousOpen(final Segment segment) {
        return tcb.state == TcpState.SYN_RECEIVED
                && tcb.listener == null
                && segment.seq == tcb.irs
                && (segment.flags & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST)) == (TcpHeader.SYN | TcpHeader.ACK);
    }

    /**
     * RFC 7323 2.2 and 3.2: the peer shows by its ACK of our SYN-ACK whether it has seen the option there. A middlebox
     * may have taken it out, and then the peer knows nothing of timestamps.
     */
    private void timestampsShown(final Segment segment) {
        if (tcb.timestamps.enabled() && !segment.options.hasTimestamps()) {
            tcb.timestamps.notAgreed();
            tcb.segmentSize.update();
        }
    }

    /** True for the peer's SYN come again while we do not know whether it has our SYN-ACK. */
    private boolean isSynUnanswered(final Segment segment) {
        return segment.seq == tcb.irs
                && segment.isMereSyn()
                && (tcb.state == TcpState.SYN_RECEIVED || handshake.fastOpen != null);
    }

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
            // The peer repeats its SYN, so our SYN-ACK was lost: better repeat that than an ACK that says less.
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
     * RFC 9768 3.1.5: a peer that wants both kinds of ECN feedback in one handshake. @return true if the connection is
     * over for it
     */
    private boolean isEcnContradicted(final Segment syn, final long nowNanos) {
        if (!tcb.ecn.isContradictedBy(syn)) {
            return false;
        }
        tcb.statistics.drop(DropReason.TCP_FLAGS);
        tcb.abortFor(SocketError.ECONNREFUSED, nowNanos);
        return true;
    }

    /** Second: "all segment queues should be flushed", and the user is told. */
    private void reset(final long nowNanos) {
        switch (tcb.state) {
            case SYN_RECEIVED -> tcb.fail(SocketError.ECONNREFUSED, nowNanos);
            case CLOSE_WAIT -> tcb.fail(SocketError.EPIPE, nowNanos);
            default -> tcb.fail(SocketError.ECONNRESET, nowNanos);
        }
    }

    /** Fifth, SYN-RECEIVED. @return false if the segment is done with */
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
        if (tcb.finQueued) {
            tcb.enter(TcpState.FIN_WAIT_1, nowNanos);
        }
        processQueued(segment, nowNanos);
        return tcb.state != TcpState.CLOSED;
    }

    private void sampleHandshake(final long roundTrip, final long nowNanos) {
        if (roundTrip >= 0) {
            tcb.estimator.sample(roundTrip, false, nowNanos);
        } else if (handshake.synWasLost()) {
            tcb.estimator.synWasRetransmitted();
        }
    }

    /**
     * Fifth, the states after our CLOSE. @return false if the connection is over, or nothing more is to be looked at
     */
    private boolean closingStates(final Segment segment, final long nowNanos) {
        switch (tcb.state) {
            case FIN_WAIT_1 -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.FIN_WAIT_2, nowNanos);
                }
            }
            case CLOSING -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.TIME_WAIT, nowNanos);
                }
            }
            case LAST_ACK -> {
                if (tcb.isFinAcknowledged()) {
                    tcb.enter(TcpState.CLOSED, nowNanos);
                    return false;
                }
            }
            default -> {
                // Nothing of ours is closed.
            }
        }
        if ((tcb.orphan || (tcb.inputUnwanted || tcb.inputShutdown) && tcb.finQueued)
                && segment.payloadLength() > 0
                && tcb.state.canReceive()
                && SequenceNumber.greaterThan(segment.seq + segment.payloadLength(), tcb.rcvNxt)) {
            abandonUnread(segment, nowNanos);
            return false;
        }
        return true;
    }

    /**
     * RFC 1122 4.2.2.13: data for an application that is gone, or wants neither to send nor to receive; the peer must
     * not think it was read.
     */
    private void abandonUnread(final Segment segment, final long nowNanos) {
        tcb.statistics.drop(DropReason.TCP_AFTER_CLOSE);
        // Formed from the segment, so that its number is the one that the peer waits for, FIN lost or not (RFC 5961
        // 3.2).
        tcb.host.resets.answer(segment, tcb.path, nowNanos);
        tcb.statistics.connectionsAborted++;
        tcb.fail(SocketError.ECONNRESET, nowNanos);
    }

    private void trimToWindow(final Segment segment) {
        final int before = segment.length();
        reportDuplicate(segment);
        segment.trimFront(tcb.rcvNxt);
        trimBackToWindow(segment);
        if (tcb.finAnnounced && !segment.has(TcpHeader.FIN)) {
            // Nothing comes behind the end of the stream.
            segment.trimBack(tcb.finSequence);
        }
        if (segment.length() < before) {
            // Some of it came before, or does not fit: either way the peer has to be told where we are.
            tcb.delayedAck.ackTrouble();
        }
    }

    /**
     * Cuts what lies beyond the window. A FIN just behind it stays, as on Linux: it needs no room, and a peer that has
     * to wait with its FIN for a window waits for a program that may be waiting for the end of the stream.
     */
    private void trimBackToWindow(final Segment segment) {
        final boolean finAtEdge = segment.has(TcpHeader.FIN) && segment.seq + segment.payloadLength() == tcb.rcvAdv;
        segment.trimBack(finAtEdge ? tcb.rcvAdv + 1 : tcb.rcvAdv);
    }

    /** Sixth: check the URG bit. A SYN-ACK has one too (RFC 9293 3.10.7.3: "other controls"). */
    private void urgent(final Segment segment) {
        if (segment.has(TcpHeader.URG)
                && tcb.state.canReceive()
                && tcb.urgentPointer().arrives(segment)) {
            tcb.observer.readable();
        }
    }

    /** RFC 2883 4: the sender learns which data it has sent twice, and whether its FIN is among it. */
    private void reportDuplicate(final Segment segment) {
        if (tcb.sackAgreed
                && segment.length() > 0
                && !segment.has(TcpHeader.SYN)
                && SequenceNumber.lessThan(segment.seq, tcb.rcvNxt)) {
            tcb.sacks.duplicate(segment.seq, SequenceNumber.min(segment.seq + segment.length(), tcb.rcvNxt));
        }
    }

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
        tcb.rcvNxt += length;
        if (!tcb.reassembly.isEmpty()) {
            // RFC 5681 4.2: an ACK at once for a segment that fills a gap.
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

    /** {@code bytes} of {@code segment} are new and in order; RCV.NXT is still before them. */
    private void dataArrived(final Segment segment, final int bytes, final long nowNanos) {
        tcb.counters.dataArrived(nowNanos);
        receiveWindow.dataArrived(segment, tcb.segmentSize.received(bytes), nowNanos);
        final int fullSegment = tcb.segmentSize.fullReceived();
        tcb.delayedAck.quickAck().dataArrived(tcb.rcvWnd(), fullSegment, tcb.estimator.rto(), nowNanos);
        tcb.delayedAck.dataArrived(bytes, fullSegment, nowNanos);
    }

    /**
     * Under memory pressure what came out of order goes first: it was not acknowledged, so the peer sends it again. The
     * next data in order is let in if the application has nothing else to read: two stacks that are both full of what
     * they send would otherwise wait for each other for ever.
     */
    private boolean isUrgentlyNeeded(final Segment segment) {
        tcb.reassembly.prune();
        pruned();
        return !tcb.pool.underPressure() || segment.seq == tcb.rcvNxt && tcb.receiveQueue.length() == 0;
    }

    private void outOfOrder(final Segment segment, final int length) {
        // RFC 5681 4.2: a duplicate ACK at once for a segment that comes out of order.
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

    private void pruned() {
        if (tcb.reassembly.takePruned()) {
            tcb.sacks.forgetFrom(tcb.reassembly.end(tcb.rcvNxt));
            tcb.statistics.drop(DropReason.TCP_REASSEMBLY_PRUNED);
        }
    }

    private void fin(final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.FIN)) {
            // One that came early counts when everything before it is there.
            tcb.finAnnounced = true;
            tcb.finSequence = segment.seq + segment.payloadLength();
            if (tcb.finSequence != tcb.rcvNxt) {
                tcb.delayedAck.ackNow(); // RFC 5681 4.2, as for data
                if (tcb.sackAgreed) {
                    tcb.sacks.outOfOrder(tcb.finSequence, tcb.finSequence + 1);
                }
            }
        }
        if (tcb.finAnnounced && tcb.finSequence == tcb.rcvNxt && !tcb.finReceived) {
            finInOrder(nowNanos);
        }
    }

    private void finInOrder(final long nowNanos) {
        tcb.finReceived = true;
        tcb.rcvNxt++;
        tcb.rcvAdv = SequenceNumber.max(tcb.rcvAdv, tcb.rcvNxt); // it may have come just behind the window
        tcb.sacks.inOrder(tcb.rcvNxt);
        switch (tcb.state) {
            case ESTABLISHED -> tcb.enter(TcpState.CLOSE_WAIT, nowNanos);
            case FIN_WAIT_1 -> tcb.enter(tcb.isFinAcknowledged() ? TcpState.TIME_WAIT : TcpState.CLOSING, nowNanos);
            case FIN_WAIT_2 -> tcb.enter(TcpState.TIME_WAIT, nowNanos);
            default -> {
                // CLOSE-WAIT and later: remain.
            }
        }
        tcb.delayedAck.ackNow();
        tcb.observer.readable();
    }
}
