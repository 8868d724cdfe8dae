package io.tapstack.tcp.passive;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.SendStatus;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.connection.SegmentArrives;
import io.tapstack.tcp.demux.ChallengeAckLimit;
import io.tapstack.tcp.demux.OwedAnswers;
import io.tapstack.tcp.ecn.AccEcnReceiver;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.segment.Acceptability;
import io.tapstack.tcp.segment.BareSegmentSender;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynSender;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES in SYN-RECEIVED after a passive open (RFC 9293 3.10.7.4), as far as the ACK of our SYN; from there on
 * {@link SegmentArrives} looks at the same segment for the connection that it has made. Also sends what half-open
 * connections send.
 */
public final class HalfOpenArrives {

    private final StackStatistics statistics;
    private final BareSegmentSender sender;
    private final ResetSender resets;
    private final ChallengeAckLimit challengeAcks;
    private final SynSender synSender;
    private final OwedAnswers<HalfOpen> owed = new OwedAnswers<>(this::trySynAck);

    public HalfOpenArrives(
            final StackStatistics statistics,
            final BareSegmentSender sender,
            final ResetSender resets,
            final ChallengeAckLimit challengeAcks,
            final SynSender synSender) {
        this.statistics = statistics;
        this.sender = sender;
        this.resets = resets;
        this.challengeAcks = challengeAcks;
        this.synSender = synSender;
    }

    public void process(final HalfOpen half, final Segment segment, final long nowNanos) {
        final Timestamps timestamps = half.timestamps;
        if (timestamps != null && timestamps.refuses(segment, nowNanos)) {
            statistics.drop(DropReason.TCP_PAWS);
            answer(half, segment.length() > 0 && !segment.has(TcpHeader.SYN), nowNanos);
            return;
        }
        if (half.timestamps != null && !half.timestamps.isEchoSince(segment, half.sentNanos, nowNanos)) {
            // As on Linux: a peer that echoes what no SYN-ACK of ours said has not seen one.
            statistics.drop(DropReason.TCP_BAD_ECHO);
            if (!segment.has(TcpHeader.RST)) {
                answer(half, segment.length() > 0, nowNanos);
            }
            return;
        }
        // First: check the sequence number. A SYN that is repeated with data, or a FIN, reaches into the window, but it
        // is the same SYN.
        if (isSynAgain(half, segment) || !Acceptability.isAcceptable(segment, half.rcvNxt(), half.window)) {
            refuse(half, segment, nowNanos);
            return;
        }
        if (segment.has(TcpHeader.RST)) {
            // Second. RFC 5961 3.2: one exactly at RCV.NXT returns to LISTEN; one that is merely in the window is
            // answered.
            if (segment.seq == half.rcvNxt()) {
                half.listener.handshakeFailed(half);
            } else {
                statistics.drop(DropReason.TCP_RST_NOT_EXACT);
                answer(half, false, nowNanos);
            }
        } else if (segment.has(TcpHeader.SYN)) {
            // Fourth: a passive open returns to LISTEN, silently.
            statistics.drop(DropReason.TCP_SYN_IN_WINDOW);
            half.listener.handshakeFailed(half);
        } else if (!segment.has(TcpHeader.ACK)) {
            statistics.drop(DropReason.TCP_NO_ACK);
        } else if (segment.ack != half.iss + 1) {
            // Fifth: <SEQ=SEG.ACK><CTL=RST>
            resets.answer(segment, half.path, nowNanos);
            statistics.drop(DropReason.TCP_BAD_ACK);
        } else {
            half.listener.handshakeAcknowledged(half, segment, nowNanos);
        }
    }

    private static boolean isSynAgain(final HalfOpen half, final Segment segment) {
        return segment.seq == half.irs && segment.isMereSyn();
    }

    private void refuse(final HalfOpen half, final Segment segment, final long nowNanos) {
        statistics.drop(Acceptability.reason(segment, half.rcvNxt()));
        if (segment.has(TcpHeader.RST)) {
            return;
        }
        if (isSynAgain(half, segment)) {
            // The peer repeats its SYN, so our SYN-ACK was lost: better repeat that than an ACK that says less.
            if (half.synArrivesAgain(segment, nowNanos)) {
                sendSynAck(half, nowNanos);
            } else {
                reset(half, nowNanos);
                half.listener.handshakeFailed(half);
            }
            return;
        }
        // RFC 5961 4.2 and 7: a SYN is challenged outside of the window too, and the challenges are limited.
        answer(half, segment.length() > 0 && !segment.has(TcpHeader.SYN), nowNanos);
    }

    /** {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}: always for data that has to be repeated, else as a challenge. */
    private void answer(final HalfOpen half, final boolean due, final long nowNanos) {
        if (!due) {
            if (!half.mayChallenge(challengeAcks, nowNanos)) {
                return;
            }
            statistics.challengeAcks++;
        }
        send(half, TcpHeader.ACK, nowNanos);
    }

    /** {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>}. */
    void reset(final HalfOpen half, final long nowNanos) {
        send(half, TcpHeader.RST | TcpHeader.ACK, nowNanos);
        statistics.resetsSent++;
    }

    /** Those whose SYN-ACK waits for the device to have room. */
    public OwedAnswers<HalfOpen> owed() {
        return owed;
    }

    private void send(final HalfOpen half, final int flags, final long nowNanos) {
        // RFC 9768 3.2.2.2: each ACK has the field, which is not 0 from the beginning.
        final int ace = half.ecn == EcnFeedback.ACCURATE ? AccEcnReceiver.INITIAL_PACKETS << TcpHeader.ACE_SHIFT : 0;
        final TcpConfig config = half.listener.config();
        final int window = half.peerShift >= 0 ? half.window >>> half.ourShift : half.window;
        final SendStatus status = sender.send(
                half.path,
                half.localPort(),
                half.remotePort(),
                half.iss + 1,
                half.rcvNxt(),
                flags | ace,
                window,
                half.timestamps,
                config.timeToLive(),
                config.trafficClass(),
                nowNanos);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>}. */
    void sendSynAck(final HalfOpen half, final long nowNanos) {
        if (!trySynAck(half, nowNanos)) {
            owed.add(half);
        }
    }

    private boolean trySynAck(final HalfOpen half, final long nowNanos) {
        final Timestamps timestamps = half.timestamps;
        return sendSynAck(half, timestamps == null ? 0 : timestamps.value(nowNanos));
    }

    /**
     * The same with a cookie, which nobody will send again: with a timestamp that says something else than the time.
     */
    void sendCookie(final HalfOpen half, final int timestampValue) {
        if (!sendSynAck(half, timestampValue)) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    private boolean sendSynAck(final HalfOpen half, final int timestampValue) {
        return synSender.sendSynAck(half, timestampValue) != SendStatus.DEVICE_FULL;
    }
}
