package io.tapstack.tcp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES in TIME-WAIT: RFC 9293 3.10.7.4 with PAWS, RFC 1337 and RFC 5961, as {@link SegmentArrives} has it, for what is left of the
 * steps when nothing can be sent and nothing taken any more.
 */
final class TimeWaitArrives {

    private final StackStatistics statistics;
    private final BareSegmentSender sender;
    private final ChallengeAckLimit challengeAcks;
    private final RecordQueue<TimeWaitRecord> queue;
    private final OwedAnswers<TimeWaitRecord> owed = new OwedAnswers<>(this::send);

    TimeWaitArrives(
            final StackStatistics statistics,
            final BareSegmentSender sender,
            final ChallengeAckLimit challengeAcks,
            final RecordQueue<TimeWaitRecord> queue) {
        this.statistics = statistics;
        this.sender = sender;
        this.challengeAcks = challengeAcks;
        this.queue = queue;
    }

    void process(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        final Timestamps timestamps = record.timestamps;
        if (timestamps != null) {
            final DropReason old = timestamps.refusal(segment, nowNanos);
            if (old != null) {
                statistics.drop(old);
                if (old == DropReason.TCP_PAWS) {
                    answer(record, segment.length() > 0, nowNanos);
                }
                return;
            }
        }
        // First: check the sequence number.
        if (!Acceptability.isAcceptable(segment, record.rcvNxt, record.rcvWnd)) {
            refuse(record, segment, nowNanos);
            return;
        }
        if (segment.has(TcpHeader.RST)) {
            // Second. RFC 1337 fix 1: the reset of an old duplicate must not end TIME-WAIT early.
            final boolean exact = segment.seq == record.rcvNxt;
            statistics.drop(exact ? DropReason.TCP_RST_IGNORED : DropReason.TCP_RST_NOT_EXACT);
            if (!exact) {
                answer(record, false, nowNanos); // RFC 5961 3.2
            }
        } else if (segment.has(TcpHeader.SYN)) {
            // Fourth. RFC 5961 4.2; one that opens again did not come here (TcpProtocol).
            statistics.drop(DropReason.TCP_SYN_IN_WINDOW);
            answer(record, false, nowNanos);
        } else if (!segment.has(TcpHeader.ACK)) {
            statistics.drop(DropReason.TCP_NO_ACK);
        } else if (SequenceNumber.greaterThan(segment.ack, record.sndNxt)) {
            // Fifth: something that was never sent.
            statistics.drop(DropReason.TCP_BAD_ACK);
            answer(record, false, nowNanos);
        } else {
            if (timestamps != null && segment.options.hasTimestamps()) {
                timestamps.accepted(segment.options.timestampValue(), segment.seq, nowNanos);
            }
            if (segment.length() > 0) {
                // Nothing comes behind the end of the stream; the peer has to be told where that was.
                answer(record, true, nowNanos);
            }
        }
    }

    private void refuse(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        statistics.drop(Acceptability.reason(segment, record.rcvNxt));
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        if (segment.has(TcpHeader.FIN)) {
            // Fifth, TIME-WAIT: "the only thing that can arrive is a retransmission of the remote FIN. Acknowledge
            // it, and restart the 2 MSL timeout."
            queue.move(record, nowNanos + record.durationNanos);
        }
        answer(record, segment.length() > 0 && !segment.has(TcpHeader.SYN), nowNanos);
    }

    /** {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}: always if something has to be repeated, else as a challenge. */
    private void answer(final TimeWaitRecord record, final boolean due, final long nowNanos) {
        if (!due) {
            if (!record.mayChallenge(challengeAcks, nowNanos)) {
                return;
            }
            statistics.challengeAcks++;
        }
        if (!send(record, nowNanos)) {
            owed.add(record);
        }
    }

    private boolean send(final TimeWaitRecord record, final long nowNanos) {
        return sender.send(
                        record.path,
                        record.localPort(),
                        record.remotePort(),
                        record.sndNxt,
                        record.rcvNxt,
                        TcpHeader.ACK,
                        record.window,
                        record.timestamps,
                        record.timeToLive & 0xFF,
                        record.trafficClass & 0xFF,
                        nowNanos)
                != SendStatus.DEVICE_FULL;
    }

    /** Those that wait for the device to have room. */
    OwedAnswers<TimeWaitRecord> owed() {
        return owed;
    }
}
