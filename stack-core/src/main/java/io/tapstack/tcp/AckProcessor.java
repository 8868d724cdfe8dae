package io.tapstack.tcp;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * What an ACK does in the synchronized states (RFC 9293 3.10.7.4, fifth): moves SND.UNA, measures the round trip, opens the congestion
 * window or finds a loss, and takes over the peer's window.
 */
final class AckProcessor {

    private final TcpConnection tcb;
    private final AckSample sample = new AckSample();
    /** Whether the loss that is being made good has reduced the window. */
    private boolean reduced;

    AckProcessor(final TcpConnection tcb) {
        this.tcb = tcb;
    }

    /** Takes in SEG.ACK and SEG.WND. @return false if the segment has to be dropped for its ACK */
    boolean process(final Segment segment, final long nowNanos) {
        if (tcb.probeTakenBack && segment.ack == tcb.sndUna + 1) {
            probeArrived();
        }
        if (SequenceNumber.greaterThan(segment.ack, tcb.sndNxt)) {
            // Something that was never sent: send an ACK and drop the segment.
            tcb.challengeAck(nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        if (SequenceNumber.lessThan(segment.ack, tcb.sndUna - tcb.maxSndWnd)) {
            // RFC 5961 5.2: too old to be from this connection's recent past, so perhaps from somebody who guesses.
            tcb.challengeAck(nowNanos);
            tcb.statistics.drop(DropReason.TCP_BAD_ACK);
            return false;
        }
        final boolean advances = SequenceNumber.greaterThan(segment.ack, tcb.sndUna);
        if (advances || segment.ack == tcb.sndUna) {
            ecnEcho(segment, nowNanos);
        }
        if (advances) {
            acknowledge(segment, nowNanos);
        } else if (isDuplicate(segment)) {
            duplicate(nowNanos);
        }
        tcb.persistTimer.heard();
        if (advances) {
            takeWindow(segment);
        } else if (segment.ack == tcb.sndUna) {
            updateWindow(segment);
        }
        if (tcb.sndWnd == 0) {
            // RFC 9293 3.8.6.1 MUST-35: a peer that took its window back and answers is alive, however long it takes.
            tcb.timeouts = Math.min(tcb.timeouts, 1);
        }
        return true;
    }

    /** RFC 3168 6.1.2: one reduction for all that is lost or marked in one window of data. */
    private void ecnEcho(final Segment segment, final long nowNanos) {
        if (tcb.ecn.ackArrived(segment) && !tcb.recovery.inRecovery()) {
            tcb.congestion.congestionExperienced(tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt), nowNanos);
            tcb.ecn.windowReduced(true);
            congestionChanged();
        }
    }

    /** The peer opened its window before it saw the probe, and took it then. */
    private void probeArrived() {
        if (tcb.sndNxt == tcb.sndUna) {
            tcb.sndNxt++;
            tcb.finSent = tcb.sendQueue.isEmpty();
        }
    }

    private void acknowledge(final Segment segment, final long nowNanos) {
        final int acked = segment.ack - tcb.sndUna;
        final int pipe = tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt);
        measureRoundTrip(segment, nowNanos);
        tcb.sendQueue.acknowledge(Math.min(acked, tcb.sendQueue.length()));
        tcb.sndUna = segment.ack;
        tcb.sender.acknowledgedUpTo(tcb.sndUna);
        tcb.pathMtu.acknowledged();
        tcb.timeouts = 0;
        tcb.probeOutstanding = false;
        tcb.probeTakenBack = false;
        final boolean recovering = tcb.recovery.inRecovery();
        final Verdict verdict = tcb.recovery.acknowledged(tcb.sndUna, tcb.sndNxt, acked);
        if (verdict == Verdict.RECOVERED && reduced) {
            tcb.congestion.recovered(tcb.recovery.pipe(tcb.sndUna, tcb.sndNxt), nowNanos);
            congestionChanged();
        } else if (verdict == Verdict.NORMAL) {
            // RFC 3465 2.3: while a timeout is being made good an ACK covers much that left the network long ago.
            sample.ackedBytes = recovering ? Math.min(acked, tcb.mss) : acked;
            sample.windowUsed = isWindowUsed(pipe);
            sample.nowNanos = nowNanos;
            sample.ecnEcho = tcb.ecn.holdsGrowth();
            tcb.congestion.acknowledged(sample);
            congestionChanged();
        }
        // RFC 6298 5.2 and 5.3
        if (tcb.sndUna == tcb.sndNxt) {
            if (tcb.finSent) {
                tcb.persistTimer.stop(); // All is said and heard; in FIN-WAIT-2 nothing else would stop it.
            }
            tcb.retransmissionTimer.stop();
        } else {
            tcb.retransmissionTimer.restart(nowNanos);
        }
        tcb.path.confirmReachable();
        tcb.room.freed();
        if (tcb.isCutShort()) {
            tcb.fileCutShort(nowNanos);
        }
    }

    /** RFC 5681 2: the five conditions for a duplicate. */
    private boolean isDuplicate(final Segment segment) {
        return tcb.sndUna != tcb.sndNxt
                && segment.length() == 0
                && segment.ack == tcb.sndUna
                && tcb.windowScale.fromWire(segment.window) == tcb.sndWnd
                && !tcb.persistTimer.isRunning();
    }

    private void duplicate(final long nowNanos) {
        // RFC 5681 3.2 step 2: what limited transmit sent beyond cwnd does not count as flight.
        final int pipe = Math.min(tcb.sndNxt - tcb.sndUna, tcb.congestion.cwnd());
        if (tcb.recovery.duplicateAck(tcb.sndUna, tcb.sndNxt) == Verdict.LOSS_DETECTED) {
            reduced = !tcb.pathMtu.probing.explainsLoss() && !tcb.ecn.isReduced();
            if (reduced) {
                tcb.congestion.lossDetected(pipe, nowNanos);
                tcb.ecn.windowReduced(false);
            }
            tcb.timing.cancel();
            congestionChanged();
        }
    }

    /** A window that was not used says nothing about what the network can take (RFC 7661 4.1 has the thought in full). */
    private boolean isWindowUsed(final int pipe) {
        return tcb.sender.isCwndLimited() || 2 * (long) pipe >= tcb.congestion.cwnd();
    }

    private void measureRoundTrip(final Segment segment, final long nowNanos) {
        long sample = tcb.timing.acknowledged(segment.ack, nowNanos);
        if (sample < 0 && tcb.timeouts > 0 && tcb.timestamps.enabled() && segment.options.timestampEcho() != 0) {
            // RFC 7323 4.1: the echo tells which copy is acknowledged, where Karn's rule has no answer.
            sample = Math.max(0, tcb.timestamps.age(segment.options.timestampEcho(), nowNanos));
        }
        if (sample >= 0) {
            tcb.estimator.sample(sample);
            tcb.statistics.observer().roundTrip(tcb, sample, tcb.estimator.srtt(), tcb.estimator.rto());
        }
    }

    /**
     * Takes SEG.WND over unless an older segment brings it (RFC 9293 3.10.7.4, fifth: SND.WL1 and SND.WL2). An ACK that advances SND.UNA is
     * newer than all before it, even on a repeated segment with an old sequence number: its window is {@linkplain #takeWindow taken} without
     * asking, as Linux does. If it were not, the old window would count from the new SND.UNA, beyond what the peer has promised. For the same
     * reason the window of an ACK older than SND.UNA is never taken.
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
