package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES from the sixth step on (RFC 9293 3.10.7.4): the urgent pointer, the text and the FIN of a segment
 * whose sequence number and ACK are accepted; what is cut off before, and text that has to wait for ESTABLISHED.
 */
final class SegmentText {

    private final ControlBlock tcb;
    private final ReceiveWindow receiveWindow;

    SegmentText(final ControlBlock tcb, final ReceiveWindow receiveWindow) {
        this.tcb = tcb;
        this.receiveWindow = receiveWindow;
    }

    /** The sixth to eighth steps, for a segment that is trimmed to the window. */
    void process(final Segment segment, final long nowNanos) {
        // Sixth: check the URG bit.
        urgent(segment);
        // Seventh: process the segment text.
        text(segment, nowNanos);
        // Eighth: check the FIN bit.
        fin(segment, nowNanos);
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

    // ---- Before these steps

    /**
     * "One could tailor actual segments to fit this assumption by trimming off any portions that lie outside the
     * window".
     */
    void trimToWindow(final Segment segment) {
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
    void trimBackToWindow(final Segment segment) {
        final boolean finAtEdge = segment.has(TcpHeader.FIN) && segment.seq + segment.payloadLength() == tcb.rcvAdv;
        segment.trimBack(finAtEdge ? tcb.rcvAdv + 1 : tcb.rcvAdv);
    }

    /** Reports the part below RCV.NXT, with a FIN in it, to the peer as a D-SACK block (RFC 2883 4). */
    void reportDuplicate(final Segment segment) {
        if (tcb.sackAgreed
                && segment.length() > 0
                && !segment.has(TcpHeader.SYN)
                && SequenceNumber.lessThan(segment.seq, tcb.rcvNxt)) {
            tcb.sacks.duplicate(segment.seq, SequenceNumber.min(segment.seq + segment.length(), tcb.rcvNxt));
        }
    }

    /**
     * RFC 9293 3.10.7.3, fourth, for the SYN of a simultaneous open: "If there are other controls or text in the
     * segment, queue them for processing after the ESTABLISHED state has been reached."
     */
    void queue(final Segment segment) {
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
    void processQueued(final Segment segment, final long nowNanos) {
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

    /**
     * Resets the connection if the segment has data for an application that has closed, or that neither sends nor
     * receives any more; see {@link #abandonUnread}.
     *
     * @return true if the connection was reset
     */
    boolean abandonsUnread(final Segment segment, final long nowNanos) {
        final boolean unwanted = (tcb.orphan || (tcb.inputUnwanted || tcb.inputShutdown) && tcb.finQueued)
                && (segment.payloadLength() > 0 || segment.has(TcpHeader.FIN))
                && tcb.state.canReceive()
                && SequenceNumber.greaterThan(segment.seq + segment.payloadLength(), tcb.rcvNxt);
        if (unwanted) {
            abandonUnread(segment, nowNanos);
        }
        return unwanted;
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
}
