package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.event.StackEvents.RetransmitCause;
import io.tapstack.tcp.queue.PushMarks;
import io.tapstack.tcp.queue.RecordEnds;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * Decides which segments to send. A segment is built only when the congestion window, the peer's window, Nagle's
 * algorithm and silly-window avoidance allow it, so there is no queue between the connection and the device.
 */
final class SegmentSender {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    private final Pacer pacer;
    private final WindowReduction reduction;
    private final SendBufferLimit sendBuffer;
    private final LossTimer lossTimer;
    private final ClosedWindow closedWindow;
    private final PushMarks pushMarks = new PushMarks();
    private boolean flushing;

    SegmentSender(
            final ControlBlock tcb,
            final SegmentOutput output,
            final Pacer pacer,
            final WindowReduction reduction,
            final SendBufferLimit sendBuffer) {
        this.tcb = tcb;
        this.output = output;
        this.pacer = pacer;
        this.reduction = reduction;
        this.sendBuffer = sendBuffer;
        this.lossTimer = new LossTimer(tcb, this, reduction);
        this.closedWindow = new ClosedWindow(tcb, output, this);
    }

    LossTimer lossTimer() {
        return lossTimer;
    }

    ClosedWindow closedWindow() {
        return closedWindow;
    }

    /**
     * Limits a segment or super-segment to one record. A FIN may follow the last byte.
     *
     * @return how many of {@code length} bytes from {@code seq} on may be sent together
     */
    private int withinRecord(final int seq, final int length) {
        final RecordEnds ends = tcb.records;
        if (ends == null) {
            return length;
        }
        final int limit = ends.limit(seq, length);
        return seq + limit == tcb.queueEnd() ? length : limit;
    }

    private boolean isRecordEnd(final int seq) {
        return tcb.records != null && tcb.records.isEnd(seq);
    }

    /**
     * Sends all segments that are allowed now: retransmissions, new data, FIN, and an ACK if one is due and no segment
     * carried it.
     */
    void transmit(final long nowNanos) {
        if (tcb.delayedAck.isDue() && (tcb.sacks.isReportDue() || tcb.ecn.isHandshakeAckDue())) {
            // Data would carry the ACK. But a full segment has no room for SACK blocks, and only a pure ACK feeds back
            // the ECN field of the SYN-ACK (RFC 9768 3.2.2.1).
            output.sendAck(nowNanos);
        }
        tcb.peerWindowLimited = false;
        if (tcb.maySendData()) {
            restartAfterIdle(nowNanos);
            closedWindow.leaveIfOpen();
            tcb.pathMtu.look();
            do {
                while (pacer.maySend(nowNanos) && (retransmitNext(nowNanos) || sendNext(nowNanos))) {
                    // Until a window or the pacing budget is used up, the queue is empty or the device is full.
                }
            } while (!pacer.isWaiting() && tcb.recovery.nothingToSend(tcb.sndNxt));
            if (!tcb.maySendData()) {
                return; // The connection has ended, as a file was truncated: no timer may start.
            }
            lossTimer.update(nowNanos);
            closedWindow.enterIfStuck(tcb.blocked || pacer.isWaiting(), nowNanos);
            sendBuffer.sent();
        }
        tcb.counters.look(nowNanos);
        if (tcb.delayedAck.isDue()) {
            output.sendAck(nowNanos);
        }
    }

    /** Sends data held back by TCP_CORK, MSG_MORE or Nagle's algorithm, as far as the windows allow. */
    void flush(final long nowNanos) {
        flushing = true;
        transmit(nowNanos);
        flushing = false;
    }

    // ---- Segments to send

    private boolean retransmitNext(final long nowNanos) {
        if (!tcb.recovery.wantsRetransmission() || tcb.blocked) {
            return false;
        }
        final int seq = tcb.recovery.nextRetransmission();
        final int room = congestionSpace();
        // The peer may have shrunk its window (RFC 9293 3.8.6). Data in the window is retransmitted (SHLD-16), and
        // only that, as a peer may drop a segment that reaches beyond. Of the data beyond, one segment at a time
        // probes the window (MAY-7).
        final int peerSpace = tcb.sndUna + tcb.sndWnd - seq;
        final boolean inWindow = peerSpace > 0;
        // A small segment needs room for its own length only. After a timeout it needs room for a full one, as the
        // window is one segment of any size: records cannot be combined, so one record is sent until something is
        // acknowledged. If the network is empty, no ACK would make room, so the segment is sent.
        final boolean timedOut =
                tcb.recovery.phase() == LossRecovery.Phase.LOSS && (tcb.records == null || tcb.timeouts > 0);
        final int needed = timedOut ? tcb.mss : retransmissionEnd(seq, tcb.mss) - seq;
        final boolean hasRoom = room >= needed || tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt) == 0;
        if (!(hasRoom && inWindow) && !tcb.recovery.retransmitNow()) {
            return false;
        }
        final RetransmitCause cause = tcb.timeouts > 0 ? RetransmitCause.TIMEOUT : RetransmitCause.FAST_RETRANSMIT;
        final int limit =
                inWindow ? Math.min(wholeSegments(pacer.limit(Math.min(room, peerSpace))), peerSpace) : tcb.mss;
        final int end = retransmissionEnd(seq, limit);
        final int mssBefore = tcb.mss;
        final int sent = retransmit(seq, end, cause, nowNanos);
        if (sent == 0) {
            // Too big for the path: retry with smaller segments.
            return tcb.mss < mssBefore;
        }
        tcb.recovery.retransmitted(sent, nowNanos);
        return true;
    }

    private int retransmissionEnd(final int seq, final int limit) {
        return seq + withinRecord(seq, tcb.recovery.retransmissionEnd(limit) - seq);
    }

    /** Free bytes in the congestion window. */
    private int congestionSpace() {
        return reduction.window() - tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt);
    }

    /** As many full segments as {@code room} and the device allow, at least one; in bytes. */
    private int wholeSegments(final int room) {
        final int capped = Math.min(room, tcb.segmentSize.largestPayload());
        return Math.max(tcb.mss, capped - capped % tcb.mss);
    }

    /**
     * RFC 8985 7.3: sends a segment of new data if there is one, regardless of cwnd; else retransmits the last segment.
     */
    void sendTailLossProbe(final long nowNanos) {
        if (!tcb.maySendData() || tcb.blocked) {
            return;
        }
        final int start = tcb.sndNxt;
        final int unsent = tcb.queueEnd() - start;
        final int peerSpace = tcb.sndUna + tcb.sndWnd - start;
        final int length = Math.min(tcb.mss, Math.min(unsent, peerSpace));
        if (length > 0 && !tcb.finSent) {
            sendNew(length, tcb.finQueued && length == unsent && length < peerSpace, nowNanos);
            if (tcb.sndNxt == start) {
                return;
            }
            tcb.recovery.probeSent(tcb.sndNxt);
        } else {
            final int dataEnd = SequenceNumber.min(start, tcb.queueEnd());
            final int again = SequenceNumber.max(tcb.scoreboard.lastSegmentStart(), dataEnd - tcb.mss);
            final int sent = retransmit(again, start, RetransmitCause.TAIL_LOSS_PROBE, nowNanos);
            if (sent == 0) {
                return;
            }
            tcb.statistics.tailLossProbes++;
            tcb.recovery.probeSentAgain(again, again + sent, nowNanos);
        }
        tcb.retransmissionTimer.restart(nowNanos);
    }

    /**
     * Retransmits the sequence numbers from {@code seq} to {@code end}.
     *
     * @return sequence numbers sent, 0 for none
     */
    private int retransmit(final int seq, final int end, final RetransmitCause cause, final long nowNanos) {
        final int dataEnd = SequenceNumber.min(end, tcb.queueEnd());
        final int length = Math.max(0, dataEnd - seq);
        final boolean fin = tcb.finSent && SequenceNumber.greaterThan(end, tcb.queueEnd());
        final boolean push = length > 0 && (pushMarks.contains(dataEnd) || isRecordEnd(dataEnd));
        final int flags = TcpHeader.ACK | (fin ? TcpHeader.FIN : 0) | (push ? TcpHeader.PSH : 0);
        final SendResult result = output.send(seq, length, flags, tcb.mss, nowNanos);
        if (result != SendResult.SENT && result != SendResult.FILE_CUT_SHORT) {
            return 0;
        }
        final int sent = output.payloadSent();
        final boolean nothing = result == SendResult.FILE_CUT_SHORT; // however large the file is
        if (nothing || sent < length && !tcb.sendQueue.isIntact(seq - tcb.queueStart(), length)) {
            // Bytes that were sent before are lost or cannot be read, so the stream cannot be completed.
            tcb.abortFor(SocketError.EIO, nowNanos);
            return 0;
        }
        tcb.lastSendNanos = nowNanos;
        tcb.timing.retransmitted(seq);
        tcb.statistics.segmentsRetransmitted += MaximumSegmentSize.segments(sent, tcb.mss);
        tcb.counters.sentAgain(sent);
        tcb.statistics.observer().retransmitted(tcb, seq, sent, cause);
        if (seq == tcb.sndUna) {
            // As on Linux, the timer restarts: the ACK for SND.UNA takes another round trip. RFC 6298 does not cover a
            // segment that is lost twice.
            tcb.retransmissionTimer.restart(nowNanos);
        } else {
            tcb.retransmissionTimer.start(nowNanos);
        }
        // Data in more pieces than a packet can reference takes more than one segment.
        return sent + (fin && sent == length ? 1 : 0);
    }

    private boolean sendNext(final long nowNanos) {
        tcb.cwndLimited = false;
        if (tcb.finSent || tcb.blocked || tcb.cutShort) {
            return false;
        }
        final int unsent = tcb.queueEnd() - tcb.sndNxt;
        final int peerSpace = tcb.sndUna + tcb.sndWnd - tcb.sndNxt;
        if (unsent == 0) {
            noteApplicationLimit();
            return tcb.finQueued && peerSpace > 0 && sendNew(0, true, nowNanos);
        }
        final int congestionSpace = congestionSpace();
        final int record = withinRecord(tcb.sndNxt, unsent);
        final int probe = tcb.pathMtu.probing.next(record, peerSpace, congestionSpace, nowNanos);
        if (probe != PathMtuProbing.NONE) {
            tcb.cwndLimited = true;
            return probe > 0 && sendMtuProbe(probe, nowNanos);
        }
        final int length = pacer.limit(sendable(record, record < unsent, peerSpace, congestionSpace));
        if (length <= 0) {
            tcb.cwndLimited = congestionSpace < Math.min(unsent, Math.min(peerSpace, tcb.mss));
            tcb.peerWindowLimited = !tcb.cwndLimited && peerSpace < Math.min(unsent, tcb.mss);
            return false;
        }
        // The last segment of data has the FIN if it fits the window too.
        return sendNew(length, tcb.finQueued && length == unsent && length < peerSpace, nowNanos);
    }

    /** Sends a segment of new data that is larger than the MSS, and that the device must not cut. */
    private boolean sendMtuProbe(final int length, final long nowNanos) {
        final int seq = tcb.sndNxt;
        final boolean goOn = sendNew(length, false, length, nowNanos);
        if (tcb.sndNxt == seq + length) {
            tcb.pathMtu.probing.sent(seq, length);
        }
        return goOn;
    }

    /**
     * Marks the delivery rate as limited by the application: all its data is sent, and the window has room for more.
     */
    private void noteApplicationLimit() {
        if (congestionSpace() > 0 && !tcb.recovery.wantsRetransmission()) {
            tcb.scoreboard.rate().applicationLimited(tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt));
        }
    }

    /**
     * Sender's side of silly-window avoidance (RFC 9293 3.8.6.2.1), with U the usable window and D the unsent data of
     * one record, and Nagle's algorithm (3.7.4).
     *
     * @param moreBehind true if another record follows this one
     * @return bytes to send now, or 0 to wait
     */
    private int sendable(final int unsent, final boolean moreBehind, final int peerSpace, final int congestionSpace) {
        final int usable = Math.min(unsent, Math.min(peerSpace, congestionSpace));
        if (usable <= 0) {
            return 0;
        }
        // (2): all data is sent, with PSH, if Nagle's algorithm allows. As on Linux, it always allows the end of a
        // record that is not the last one, as no data can be added to its segment.
        final boolean all = usable == unsent && (moreBehind || maySendTail());
        if (usable >= tcb.mss) {
            // (1): at least a full segment. A super-segment consists of full ones, except at the end of the data.
            if (all && usable <= tcb.segmentSize.largestPayload()) {
                return usable;
            }
            final int capped = Math.min(usable, tcb.segmentSize.largestPayload());
            return capped - capped % tcb.mss;
        }
        // (3): at least half of the largest window that the peer has offered, as its buffer may be small.
        final boolean halfWindow = peerSpace <= congestionSpace && usable >= tcb.maxSndWnd / 2;
        return all || halfWindow ? usable : 0;
    }

    /**
     * Nagle's algorithm in Minshall's form: a segment that is not full is sent unless another small one is in flight.
     * The end of a long response therefore does not wait for the peer's delayed ACK.
     */
    private boolean maySendTail() {
        // As on Linux, urgent data does not wait.
        if (tcb.finQueued || flushing || tcb.urgent != null && tcb.urgent.isSending()) {
            return true;
        }
        if (tcb.moreComing || tcb.config.cork()) {
            return false;
        }
        return tcb.config.noDelay() || SequenceNumber.lessOrEqual(tcb.sndSml, tcb.sndUna);
    }

    /**
     * Sends {@code length} bytes of new data, and the FIN behind them if {@code fin}.
     *
     * @return true if there may be more to send
     */
    boolean sendNew(final int length, final boolean fin, final long nowNanos) {
        return sendNew(length, fin, tcb.mss, nowNanos);
    }

    private boolean sendNew(final int wanted, final boolean wantedFin, final int segmentBytes, final long nowNanos) {
        final int seq = tcb.sndNxt;
        final int length = withinRecord(seq, wanted);
        final boolean fin = wantedFin && length == wanted;
        final boolean last = seq + length == tcb.queueEnd() || isRecordEnd(seq + length);
        int flags = TcpHeader.ACK | (fin ? TcpHeader.FIN : 0);
        if (length > 0 && last) {
            flags |= TcpHeader.PSH; // RFC 9293 3.8.2, MUST-61: PSH if no more data is queued
            pushMarks.add(seq + length);
        }
        final int mssBefore = tcb.mss;
        final SendResult result = output.send(seq, length, flags, segmentBytes, nowNanos);
        if (result == SendResult.TOO_BIG) {
            return tcb.mss < mssBefore; // Retry with smaller segments.
        }
        if (result == SendResult.FILE_CUT_SHORT) {
            tcb.fileCutShort(nowNanos);
            return false;
        }
        if (result != SendResult.SENT) {
            return false;
        }
        final int sent = output.payloadSent();
        final boolean finSent = fin && sent == length;
        final int end = seq + sent + (finSent ? 1 : 0);
        if (end != seq) {
            tcb.congestion.sent(end - seq, tcb.recovery.pipe(tcb.sndUna, seq), nowNanos);
            tcb.scoreboard.sent(seq, end, finSent, segmentBytes, nowNanos);
            reduction.sent(end - seq);
            lossTimer.restartProbe();
        }
        tcb.sndNxt = end;
        tcb.finSent |= finSent;
        if (sent % segmentBytes != 0) {
            tcb.sndSml = seq + sent;
        }
        tcb.timing.sent(tcb.sndNxt, nowNanos);
        tcb.delayedAck.quickAck().dataSent(nowNanos);
        tcb.retransmissionTimer.start(nowNanos);
        tcb.lastSendNanos = nowNanos;
        return true;
    }

    /** RFC 5681 4.1: after an idle time of more than an RTO, cwnd says nothing about the network any more. */
    private void restartAfterIdle(final long nowNanos) {
        final long idle = nowNanos - tcb.lastSendNanos;
        if (tcb.sndUna == tcb.sndNxt && tcb.queueEnd() != tcb.sndNxt && idle > tcb.estimator.rto()) {
            reduction.restartAfterIdle(idle);
            tcb.lastSendNanos = nowNanos;
        }
    }
}
