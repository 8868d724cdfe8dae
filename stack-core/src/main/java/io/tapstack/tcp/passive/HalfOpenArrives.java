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
import io.tapstack.tcp.segment.BareSegmentSender;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SegmentCheck;
import io.tapstack.tcp.segment.SynSender;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES in SYN-RECEIVED after a passive open (RFC 9293 3.10.7.4), up to the ACK of our SYN.
 * {@link SegmentArrives} then processes the same segment for the new connection. Also sends the segments of half-open
 * connections.
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

    /** SEGMENT ARRIVES for a half-open connection. */
    public void process(final HalfOpen half, final Segment segment, final long nowNanos) {
        final Timestamps timestamps = half.timestamps;
        if (SegmentCheck.isOld(segment, timestamps, statistics, nowNanos)) {
            answer(half, SegmentCheck.demandsAck(segment), nowNanos);
            return;
        }
        if (timestamps != null && !timestamps.isEchoSince(segment, half.sentNanos, nowNanos)) {
            // As on Linux: the peer echoes a TSval that no SYN-ACK of ours had, so it has not received one.
            statistics.drop(DropReason.TCP_BAD_ECHO);
            if (!segment.has(TcpHeader.RST)) {
                answer(half, segment.length() > 0, nowNanos);
            }
            return;
        }
        switch (SegmentCheck.of(segment, half.rcvNxt(), half.window, isSynAgain(half, segment), statistics)) {
            case NOT_ACCEPTABLE -> refuse(half, segment, nowNanos);
            // Second: "If this connection was initiated with a passive OPEN ... return this connection to LISTEN
            // state".
            case RESET -> half.listener.handshakeFailed(half);
            case RESET_NOT_EXACT -> answer(half, false, nowNanos);
            // Fourth: "If the connection was initiated with a passive OPEN, then return this connection to the LISTEN
            // state", silently.
            case SYN -> half.listener.handshakeFailed(half);
            case NO_ACK -> {
                // Dropped.
            }
            case PASSES -> acknowledged(half, segment, nowNanos);
        }
    }

    /** Fifth, SYN-RECEIVED: "If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED state". */
    private void acknowledged(final HalfOpen half, final Segment segment, final long nowNanos) {
        if (segment.ack == half.iss + 1) {
            half.listener.handshakeAcknowledged(half, segment, nowNanos);
            return;
        }
        // "form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it"
        resets.answer(segment, half.path, nowNanos);
        statistics.drop(DropReason.TCP_BAD_ACK);
    }

    private static boolean isSynAgain(final HalfOpen half, final Segment segment) {
        return segment.seq == half.irs && segment.isMereSyn();
    }

    private void refuse(final HalfOpen half, final Segment segment, final long nowNanos) {
        if (segment.has(TcpHeader.RST)) {
            return; // "unless the RST bit is set"
        }
        if (isSynAgain(half, segment)) {
            // The peer repeats its SYN, so our SYN-ACK is lost. A SYN-ACK carries more than a bare ACK.
            if (half.synArrivesAgain(segment, nowNanos)) {
                sendSynAck(half, nowNanos);
            } else {
                reset(half, nowNanos);
                half.listener.handshakeFailed(half);
            }
            return;
        }
        answer(half, SegmentCheck.demandsAck(segment), nowNanos);
    }

    /**
     * Sends {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}: always for data that must be retransmitted, otherwise as a
     * challenge ACK.
     */
    private void answer(final HalfOpen half, final boolean due, final long nowNanos) {
        if (!due) {
            if (!half.mayChallenge(challengeAcks, nowNanos)) {
                return;
            }
            statistics.challengeAcks++;
        }
        send(half, TcpHeader.ACK, nowNanos);
    }

    /** Sends {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>}. */
    void reset(final HalfOpen half, final long nowNanos) {
        send(half, TcpHeader.RST | TcpHeader.ACK, nowNanos);
        statistics.resetsSent++;
    }

    /** The half-open connections whose SYN-ACK waits for room in the device. */
    public OwedAnswers<HalfOpen> owed() {
        return owed;
    }

    private void send(final HalfOpen half, final int flags, final long nowNanos) {
        // RFC 9768 3.2.2.2: each ACK has the ACE field, whose initial value is not 0.
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

    /** Sends {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>}. */
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
     * Sends a SYN-ACK with a cookie, once and without a record; the cookie's timestamp carries options instead of the
     * time.
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
