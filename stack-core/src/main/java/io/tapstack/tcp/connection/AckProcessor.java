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
 * What an ACK does in the synchronized states (RFC 9293 3.10.7.4, fifth): moves SND.UNA, measures the round trip, opens
 * the congestion window or finds a loss, and takes over the peer's window.
 */
final class AckProcessor {

    private final ControlBlock tcb;
    // Those of all connections of the stack: nothing in them outlives the ACK.
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

    /** Takes in SEG.ACK and SEG.WND. @return false if the segment has to be dropped for its ACK */
    boolean process(final Segment segment, final long nowNanos) {
        if (tcb.zeroWindowProbeTakenBack && segment.ack == tcb.sndUna + 1) {
            probeArrived();
        }
        if (SequenceNumber.greaterThan(segment.ack, tcb.sndNxt)) {
            // Something that was never sent: send an ACK and drop the segment.
            tcb.challengeAck(nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        if (SequenceNumber.lessThan(segment.ack, tcb.sndUna - tcb.counters.acknowledged(tcb.maxSndWnd))) {
            // RFC 5961 5.2: too old to be from this connection's recent past, so perhaps from somebody who guesses.
            // As in Linux, this is no longer than the connection itself: nobody acknowledges what was before our
            // first sequence number.
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
            // RFC 9293 3.8.6.1 MUST-37: a peer that took its window back and answers is alive, however long it takes.
            // But nobody waits for an orphan (RFC 6429 4).
            tcb.timeouts = Math.min(tcb.timeouts, 1);
        }
        return true;
    }

    /** The peer opened its window before it saw the probe, and took it then. */
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
        tcb.softError = null; // it is over
    }

    /** Gathers what loss recovery wants to know. */
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

    /** What loss recovery makes of the ACK, and congestion control of both. */
    private void recover(
            final Segment segment, final int priorFlight, final int priorInFlight, final int priorSegments) {
        final LossRecovery recovery = tcb.recovery;
        final DeliveryRate rate = tcb.scoreboard.rate();
        final Phase phaseBefore = recovery.phase();
        final long lostBefore = rate.lost();
        final Verdict verdict = recovery.ackArrives(arrival);
        // RFC 5681 3.2 step 2: what limited transmit sent beyond cwnd does not count as flight.
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
            // The ACK that ends recovery opens the window again (RFC 5681 3.1), as on Linux: but not with an echo (RFC
            // 3168 6.1.2), nor without SACK, where RFC 6582 3.2, step 3 has a window of its own for it.
            final boolean recovering = recovery.phase() == Phase.RECOVERY;
            final boolean recovered = phaseBefore == Phase.RECOVERY && !recovering;
            sample.inRecovery = recovering || recovered && (!tcb.sackAgreed || tcb.ecn.isEcho(segment));
            // RFC 3465 2.3: when losses are made good an ACK may cover much that left the network long ago.
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

    /** What follows from new data being acknowledged, once loss recovery knows of it. */
    private void settle(final long nowNanos) {
        // RFC 6298 5.2 and 5.3
        if (tcb.sndUna == tcb.sndNxt) {
            if (tcb.finSent) {
                tcb.persistTimer.stop(); // All is said and heard; in FIN-WAIT-2 nothing else would stop it.
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

    /** RFC 5681 2: the conditions for a duplicate, but for the one that something is in flight. */
    private boolean isRepeated(final Segment segment) {
        return segment.length() == 0
                && segment.ack == tcb.sndUna
                && tcb.windowScale.fromWire(segment.window) == tcb.sndWnd
                && !tcb.persistTimer.isRunning();
    }

    private void measureRoundTrip(final Segment segment, final long nowNanos) {
        long sample = tcb.timing.acknowledged(segment.ack, nowNanos);
        if (sample < 0 && tcb.timeouts > 0 && hasTrueEcho(segment, nowNanos)) {
            // RFC 7323 4.1: the echo tells which copy is acknowledged, where Karn's rule has no answer.
            sample = tcb.timestamps.age(segment.options.timestampEcho(), nowNanos);
        }
        if (sample >= 0) {
            // Nothing else was in flight, and it was less than what an ACK is sent for at once.
            final boolean mayBeDelayed = segment.ack == tcb.sndNxt && segment.ack - tcb.sndUna < tcb.mss;
            tcb.estimator.sample(sample, mayBeDelayed, nowNanos);
            tcb.statistics.observer().roundTrip(tcb, sample, tcb.estimator.srtt(), tcb.estimator.rto());
        }
    }

    /**
     * RFC 7323 5.3 (R2 before R3): the timestamp of a segment that came twice is not echoed. If its ACK says that it
     * was one (RFC 2883), the ACK of the copy before was lost, and the echo is as old as that: time that was spent
     * waiting here, not on the way. Taken for a round trip, it would make the next wait still longer, and that the next
     * round trip, up to two minutes where one packet in five is lost.
     */
    private boolean hasTrueEcho(final Segment segment, final long nowNanos) {
        return hasPossibleEcho(segment, true, nowNanos)
                && !(tcb.sackAgreed && AckArrival.reportsDuplicate(segment.options, segment.ack));
    }

    /**
     * False if the echo cannot be right (RFC 7323 4.1): it is of the future, or that of an ACK that advances is older
     * than the first sending of the oldest segment that it acknowledges. The peer, or somebody between, has made it up;
     * neither the round trip nor the Eifel detection may believe it. 0 is what a peer sends that has nothing to echo.
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
     * Takes SEG.WND over unless an older segment brings it (RFC 9293 3.10.7.4, fifth: SND.WL1 and SND.WL2). An ACK that
     * advances SND.UNA is newer than all before it, even on a repeated segment with an old sequence number: its window
     * is {@linkplain #takeWindow taken} without asking, as Linux does. If it were not, the old window would count from
     * the new SND.UNA, beyond what the peer has promised. For the same reason the window of an ACK older than SND.UNA
     * is never taken.
     */
    void updateWindow(final Segment segment) {
        final boolean newer = SequenceNumber.lessThan(tcb.sndWl1, segment.seq)
                || tcb.sndWl1 == segment.seq && SequenceNumber.lessOrEqual(tcb.sndWl2, segment.ack);
        if (newer) {
            takeWindow(segment);
        }
    }

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
