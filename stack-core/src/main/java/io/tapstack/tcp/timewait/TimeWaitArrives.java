package io.tapstack.tcp.timewait;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.SendStatus;
import io.tapstack.tcp.connection.SegmentArrives;
import io.tapstack.tcp.demux.ChallengeAckLimit;
import io.tapstack.tcp.demux.OwedAnswers;
import io.tapstack.tcp.demux.RecordQueue;
import io.tapstack.tcp.segment.BareSegmentSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SegmentCheck;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import java.util.function.Consumer;

/**
 * SEGMENT ARRIVES in TIME-WAIT: RFC 9293 3.10.7.4 with PAWS, RFC 1337 and RFC 5961. These are the steps of
 * {@link SegmentArrives} for a connection that neither sends nor receives data.
 */
public final class TimeWaitArrives {

    private final StackStatistics statistics;
    private final BareSegmentSender sender;
    private final ChallengeAckLimit challengeAcks;
    private final RecordQueue<TimeWaitRecord> queue;
    private final Consumer<TimeWaitRecord> end;
    private final OwedAnswers<TimeWaitRecord> owed = new OwedAnswers<>(this::send);

    /** @param end ends the TIME-WAIT of a record */
    TimeWaitArrives(
            final StackStatistics statistics,
            final BareSegmentSender sender,
            final ChallengeAckLimit challengeAcks,
            final RecordQueue<TimeWaitRecord> queue,
            final Consumer<TimeWaitRecord> end) {
        this.statistics = statistics;
        this.sender = sender;
        this.challengeAcks = challengeAcks;
        this.queue = queue;
        this.end = end;
    }

    void process(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        final Timestamps timestamps = record.timestamps;
        if (SegmentCheck.isOld(segment, timestamps, statistics, nowNanos)) {
            answerDoubtful(record, segment, nowNanos);
            return;
        }
        switch (SegmentCheck.of(segment, record.rcvNxt, record.rcvWnd, false, statistics)) {
            case NOT_ACCEPTABLE -> refuse(record, segment, nowNanos);
            case RESET -> reset(record, nowNanos);
            case RESET_NOT_EXACT -> challenge(record, nowNanos);
            // A SYN that opens a new incarnation does not arrive here: the demultiplexer has removed the record.
            case SYN -> challenge(record, nowNanos);
            case NO_ACK -> {
                // Dropped.
            }
            case PASSES -> fromFifthStep(record, segment, nowNanos);
        }
    }

    private void fromFifthStep(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        if (SequenceNumber.greaterThan(segment.ack, record.sndNxt)) {
            // "If the ACK acks something not yet sent (SEG.ACK > SND.NXT), then send an ACK, drop the segment"
            statistics.drop(DropReason.TCP_BAD_ACK);
            answer(record, false, nowNanos);
            return;
        }
        final Timestamps timestamps = record.timestamps;
        if (timestamps != null && segment.options.hasTimestamps()) {
            timestamps.accepted(segment.options.timestampValue(), segment.seq, nowNanos);
        }
        if (segment.length() > 0) {
            // Data cannot follow the end of the stream; the ACK tells the peer where the end is.
            answer(record, true, nowNanos);
        }
    }

    private void refuse(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.RST)) {
            return; // "unless the RST bit is set"
        }
        if (segment.has(TcpHeader.FIN)) {
            // Fifth, TIME-WAIT: "the only thing that can arrive is a retransmission of the remote FIN. Acknowledge
            // it, and restart the 2 MSL timeout."
            queue.move(record, nowNanos + record.durationNanos);
        }
        answerDoubtful(record, segment, nowNanos);
    }

    /**
     * RFC 1337 3, fix 1: a RST does not end TIME-WAIT, as it may answer an ACK that an old duplicate of data has
     * caused. A RST that answers a challenge ACK does: the peer has sent a SYN, or a RST at a wrong number, so it has
     * no connection any more, and it has shown that it knows RCV.NXT (RFC 5961 3.2 and 4.2). TIME-WAIT would only delay
     * its next connection.
     */
    private void reset(final TimeWaitRecord record, final long nowNanos) {
        if (record.isChallenged(nowNanos)) {
            end.accept(record);
        } else {
            statistics.drop(DropReason.TCP_RST_IGNORED);
        }
    }

    /**
     * Answers a segment that is not acceptable, or is old by PAWS. A SYN gets a challenge ACK wherever it lies (RFC
     * 5961 4.2).
     */
    private void answerDoubtful(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.SYN)) {
            challenge(record, nowNanos);
        } else {
            answer(record, segment.length() > 0, nowNanos);
        }
    }

    /** Sends a challenge ACK of RFC 5961 3.2 or 4.2; a peer without a connection answers it with a RST at RCV.NXT. */
    private void challenge(final TimeWaitRecord record, final long nowNanos) {
        if (answer(record, false, nowNanos)) {
            record.challenged(nowNanos);
        }
    }

    /**
     * Sends {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}: always for a retransmission, otherwise within the limits of
     * challenge ACKs.
     *
     * @return false if the limit forbids it
     */
    private boolean answer(final TimeWaitRecord record, final boolean due, final long nowNanos) {
        if (!due) {
            if (!record.mayChallenge(challengeAcks, nowNanos)) {
                return false;
            }
            statistics.challengeAcks++;
        }
        if (!send(record, nowNanos)) {
            owed.add(record);
        }
        return true;
    }

    private boolean send(final TimeWaitRecord record, final long nowNanos) {
        return sender.send(
                        record.path,
                        record.localPort(),
                        record.remotePort(),
                        record.sndNxt,
                        record.rcvNxt,
                        record.flags,
                        record.window,
                        record.timestamps,
                        record.timeToLive & 0xFF,
                        record.trafficClass & 0xFF,
                        nowNanos)
                != SendStatus.DEVICE_FULL;
    }

    /** The records whose answer waits for room in the device. */
    OwedAnswers<TimeWaitRecord> owed() {
        return owed;
    }
}
