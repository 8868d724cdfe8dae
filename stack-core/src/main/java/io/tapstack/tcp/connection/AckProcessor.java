package io.tapstack.tcp.connection;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.DeliveryRate;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * Processes the ACK of a segment in the synchronized states (RFC 9293 3.10.7.4, fifth): moves SND.UNA, measures the
 * round trip, passes the ACK to loss recovery and congestion control, and updates SND.WND.
 */
final class AckProcessor {

    private final ControlBlock tcb;
    // Shared by all connections of the stack: nothing in them outlives the ACK.
    private final AckArrival arrival;
    private final AckSample sample;
    private final WindowUse windowUse;
    private final WindowReduction reduction;
    private final LossTimer lossTimer;
    private final SendBufferLimit sendBuffer;

    AckProcessor(
            final ControlBlock tcb,
            final WindowReduction reduction,
            final LossTimer lossTimer,
            final SendBufferLimit sendBuffer) {
        this.tcb = tcb;
        this.arrival = tcb.host.arrival;
        this.sample = tcb.host.sample;
        this.windowUse = new WindowUse(tcb);
        this.reduction = reduction;
        this.lossTimer = lossTimer;
        this.sendBuffer = sendBuffer;
    }

    /**
     * Processes SEG.ACK and SEG.WND.
     *
     * @return false if the ACK is not acceptable and the segment has to be dropped
     */
    boolean process(final Segment segment, final long nowNanos) {
        if (tcb.zeroWindowProbeTakenBack && segment.ack == tcb.sndUna + 1) {
            probeArrived();
        }
        if (SequenceNumber.greaterThan(segment.ack, tcb.sndNxt)) {
            // "If the ACK acks something not yet sent (SEG.ACK > SND.NXT), then send an ACK, drop the segment, and
            // return."
            tcb.challengeAck(nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        if (SequenceNumber.lessThan(segment.ack, tcb.sndUna - tcb.counters.acknowledged(tcb.maxSndWnd))) {
            // RFC 5961 5.2: acceptable only if "(SND.UNA - MAX.SND.WND) =< SEG.ACK =< SND.NXT"; an older ACK may come
            // from a blind attacker. As on Linux, MAX.SND.WND is limited to the bytes acknowledged so far: no ACK is
            // below our first sequence number.
            tcb.challengeAck(nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        final boolean advances = SequenceNumber.greaterThan(segment.ack, tcb.sndUna);
        if (advances || segment.ack == tcb.sndUna) {
            reduction.echo(segment, nowNanos);
        }
        final int priorFlight = tcb.sndNxt - tcb.sndUna;
        final int priorInFlight = tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt);
        final int priorSegments = tcb.scoreboard.segments();
        // "If SND.UNA < SEG.ACK =< SND.NXT, then set SND.UNA <- SEG.ACK."
        final int acked = advances ? segment.ack - tcb.sndUna : 0;
        if (advances) {
            acknowledge(segment, acked, nowNanos);
        }
        readAck(segment, acked, nowNanos);
        recover(segment, priorFlight, priorInFlight, priorSegments);
        tcb.counters.acknowledged(segment, arrival);
        if (advances) {
            settle(nowNanos);
        }
        tcb.persistTimer.heard();
        if (advances) {
            takeWindow(segment);
        } else if (segment.ack == tcb.sndUna) {
            updateWindow(segment);
        }
        if (tcb.sndWnd == 0 && !tcb.orphan) {
            // RFC 9293 3.8.6.1, MUST-37: a peer with a closed window that acknowledges is alive, and the connection
            // stays open. An orphan has no application that waits, so its retransmissions stay limited (RFC 6429 4).
            tcb.timeouts = Math.min(tcb.timeouts, 1);
        }
        return true;
    }

    /** The peer has accepted the byte of a zero-window probe that was taken back because its window opened. */
    private void probeArrived() {
        if (tcb.sndNxt == tcb.sndUna) {
            tcb.sndNxt++;
            tcb.finSent = tcb.sendQueue.isEmpty();
        }
    }

    private void acknowledge(final Segment segment, final int acked, final long nowNanos) {
        measureRoundTrip(segment, nowNanos);
        if (tcb.transmitStamps != null) {
            tcb.transmitStamps.acknowledged(segment.ack, nowNanos);
        }
        tcb.sendQueue.acknowledge(Math.min(acked, tcb.sendQueue.length()));
        tcb.sndUna = segment.ack;
        tcb.acknowledgedUpTo(segment.ack);
        tcb.pathMtu.acknowledged();
        tcb.timeouts = 0;
        tcb.retransmissionTimer.noLimit();
        tcb.zeroWindowProbeOutstanding = false;
        tcb.zeroWindowProbeTakenBack = false;
        tcb.softError = null; // data gets through again
    }

    /** Fills {@link AckArrival} for loss recovery. */
    private void readAck(final Segment segment, final int acked, final long nowNanos) {
        tcb.timerEvent(nowNanos);
        arrival.ackedBytes = acked;
        arrival.repeated = acked == 0 && isRepeated(segment);
        arrival.duplicate = arrival.repeated && tcb.sndUna != tcb.sndNxt;
        if (hasPossibleEcho(segment, acked > 0, nowNanos)) {
            arrival.hasEcho = true;
            arrival.echoMillis = tcb.timestamps.sentMillis(segment.options.timestampEcho(), nowNanos);
        }
        if (tcb.sackAgreed && !arrival.takeBlocks(segment.options, segment.ack)) {
            tcb.statistics.drop(DropReason.TCP_BAD_SACK);
        }
    }

    /** Passes the ACK to loss recovery, then both results to congestion control. */
    private void recover(
            final Segment segment, final int priorFlight, final int priorInFlight, final int priorSegments) {
        final LossRecovery recovery = tcb.recovery;
        final DeliveryRate rate = tcb.scoreboard.rate();
        final Phase phaseBefore = recovery.phase();
        final long lostBefore = rate.lost();
        final Verdict verdict = recovery.ackArrives(arrival);
        // RFC 5681 3.2, step 2: segments that limited transmit sent beyond cwnd do not count in FlightSize.
        final int flight = Math.min(priorFlight, tcb.congestion.cwnd());
        reduction.act(verdict, flight, arrival);
        if (verdict == Verdict.RECOVERED) {
            reduction.act(recovery.lookAgain(arrival), flight, arrival);
        }
        if (SequenceNumber.greaterOrEqual(segment.ack, tcb.sndUna)) {
            reduction.feedback(segment, arrival, priorSegments, priorInFlight);
        }
        reduction.acked(arrival);
        if (arrival.deliveredBytes() > 0) {
            // The ACK that ends recovery opens the window (RFC 5681 3.1), as on Linux. Exceptions are an ACK with an
            // ECN echo (RFC 3168 6.1.2), and a connection without SACK, whose window RFC 6582 3.2, step 3 sets.
            final boolean recovering = recovery.phase() == Phase.RECOVERY;
            final boolean recovered = phaseBefore == Phase.RECOVERY && !recovering;
            sample.inRecovery = recovering || recovered && (!tcb.sackAgreed || tcb.ecn.isEcho(segment));
            // RFC 3465 2.3: after the retransmission of a loss, an ACK may cover data that left the network long ago.
            sample.ackedBytes = phaseBefore == Phase.LOSS || recovered && !tcb.congestion.controlsRecovery()
                    ? Math.min(arrival.ackedBytes, tcb.sackAgreed ? arrival.deliveredBytes() : tcb.mss)
                    : arrival.ackedBytes;
            sample.lostBytes = (int) (rate.lost() - lostBefore);
            sample.priorInFlight = priorInFlight;
            sample.windowUsed = windowUse.isUsed(priorInFlight);
            sample.ecnEcho = tcb.ecn.holdsGrowth();
            fill(rate);
            tcb.congestion.acknowledged(sample);
            congestionChanged();
        }
    }

    private void fill(final DeliveryRate rate) {
        sample.nowNanos = arrival.nowNanos;
        sample.deliveredBytes = arrival.deliveredBytes();
        sample.inFlight = tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt);
        sample.sndUna = tcb.sndUna;
        sample.sndNxt = tcb.sndNxt;
        sample.rttNanos = rate.rttNanos();
        sample.srttNanos = arrival.srttNanos;
        sample.delivered = rate.delivered();
        sample.priorDelivered = rate.priorDelivered();
        sample.intervalNanos = rate.intervalNanos();
        sample.deliveryRate = rate.bytesPerSecond();
        sample.appLimited = rate.isAppLimited();
        sample.txInFlight = rate.txInFlight();
        sample.lost = rate.lost();
        sample.priorLost = rate.priorLost();
    }

    /** Restarts or stops timers and frees send buffer, after loss recovery has seen an ACK of new data. */
    private void settle(final long nowNanos) {
        // RFC 6298 5.2: all data is acknowledged, so the timer stops. 5.3: otherwise it restarts.
        if (tcb.sndUna == tcb.sndNxt) {
            if (tcb.finSent) {
                tcb.persistTimer.stop(); // Our FIN is acknowledged; in FIN-WAIT-2 nothing else would stop the timer.
            }
            tcb.retransmissionTimer.stop();
        } else {
            tcb.retransmissionTimer.restart(nowNanos);
        }
        lossTimer.restartProbe();
        tcb.path.confirmReachable();
        sendBuffer.freed();
        if (tcb.cutShort) {
            tcb.fileCutShort(nowNanos);
        }
    }

    /** RFC 5681 2: the conditions (b) to (e) of a duplicate ACK, without (a), outstanding data. */
    private boolean isRepeated(final Segment segment) {
        return segment.length() == 0
                && segment.ack == tcb.sndUna
                && tcb.windowScale.fromWire(segment.window) == tcb.sndWnd
                && !tcb.persistTimer.isRunning();
    }

    private void measureRoundTrip(final Segment segment, final long nowNanos) {
        long sample = tcb.timing.acknowledged(segment.ack, nowNanos);
        if (sample < 0 && tcb.timeouts > 0 && hasTrueEcho(segment, nowNanos)) {
            // RFC 7323 4.1: the echo tells which copy is acknowledged, where Karn's rule gives no sample.
            sample = tcb.timestamps.age(segment.options.timestampEcho(), nowNanos);
        }
        if (sample >= 0) {
            // The peer may delay the ACK of a single segment that is not full.
            final boolean mayBeDelayed = segment.ack == tcb.sndNxt && segment.ack - tcb.sndUna < tcb.mss;
            tcb.estimator.sample(sample, mayBeDelayed, nowNanos);
            tcb.statistics.observer().roundTrip(tcb, sample, tcb.estimator.srtt(), tcb.estimator.rto());
        }
    }

    /**
     * False if the ACK reports a duplicate (RFC 2883). The peer does not update TS.Recent for a duplicate (RFC 7323
     * 5.3, R2 before R3), so the echo is as old as the first copy, whose ACK was lost. As a sample it would contain the
     * RTO, which would lengthen the next RTO and the next sample in turn, up to two minutes where one packet in five is
     * lost.
     */
    private boolean hasTrueEcho(final Segment segment, final long nowNanos) {
        return hasPossibleEcho(segment, true, nowNanos)
                && !(tcb.sackAgreed && AckArrival.reportsDuplicate(segment.options, segment.ack));
    }

    /**
     * False if the echo is impossible (RFC 7323 4.1): it lies in the future, or an ACK that advances SND.UNA echoes a
     * time before the first transmission of the oldest segment that it acknowledges. The peer or a middlebox has made
     * up such an echo, so neither the round trip nor Eifel detection uses it. A peer that has nothing to echo sends 0.
     */
    private boolean hasPossibleEcho(final Segment segment, final boolean advances, final long nowNanos) {
        if (!tcb.timestamps.enabled() || segment.options.timestampEcho() == 0) {
            return false;
        }
        final long age = tcb.timestamps.age(segment.options.timestampEcho(), nowNanos);
        final long longest = nowNanos - tcb.scoreboard.firstSentNanos(nowNanos) + Timestamps.NANOS_PER_TICK;
        return age >= 0 && (!advances || age <= longest);
    }

    /**
     * RFC 9293 3.10.7.4, fifth: "{@code If (SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK)), set
     * SND.WND <- SEG.WND}", as "the check here prevents using old segments to update the window".
     *
     * <p>As on Linux, an ACK that advances SND.UNA updates the window {@linkplain #takeWindow without this check}, even
     * on a repeated segment with an old sequence number. Otherwise the old window would count from the new SND.UNA,
     * beyond the promise of the peer. For the same reason, an ACK below SND.UNA never updates the window.
     */
    void updateWindow(final Segment segment) {
        final boolean newer = SequenceNumber.lessThan(tcb.sndWl1, segment.seq)
                || tcb.sndWl1 == segment.seq && SequenceNumber.lessOrEqual(tcb.sndWl2, segment.ack);
        if (newer) {
            takeWindow(segment);
        }
    }

    /** Sets SND.WND, SND.WL1 and SND.WL2 from the segment. The window of a SYN is not scaled (RFC 7323 2.2). */
    private void takeWindow(final Segment segment) {
        final int window = segment.has(TcpHeader.SYN) ? segment.window : tcb.windowScale.fromWire(segment.window);
        if ((window == 0) != (tcb.sndWnd == 0)) {
            tcb.statistics.observer().peerWindow(tcb, window);
        }
        tcb.sndWnd = window;
        tcb.maxSndWnd = Math.max(tcb.maxSndWnd, window);
        tcb.sndWl1 = SequenceNumber.max(tcb.sndWl1, segment.seq);
        tcb.sndWl2 = segment.ack;
    }

    private void congestionChanged() {
        tcb.statistics.observer().congestionWindow(tcb, tcb.congestion.cwnd(), tcb.congestion.ssthresh());
    }
}
