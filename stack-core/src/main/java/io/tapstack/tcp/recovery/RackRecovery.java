package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Loss recovery with SACK: RACK-TLP detects losses (RFC 8985), the scoreboard counts the bytes in the network (RFC
 * 6675), and Proportional Rate Reduction limits sending (RFC 9937). F-RTO, Eifel and DSACK detect spurious recovery
 * (RFC 5682, 3522, 3708).
 */
public final class RackRecovery implements LossRecovery, SackScoreboard.Deliveries {

    private final SackScoreboard scoreboard;
    private final Rack rack;
    private final TailLossProbe probe = new TailLossProbe();
    private final ForwardRto forwardRto = new ForwardRto();
    private final SpuriousRecovery spurious = new SpuriousRecovery();
    private final ProportionalRateReduction prr = new ProportionalRateReduction();

    private Phase phase = Phase.OPEN;
    private int mss = 1;
    private int recover; // everything in flight when recovery started lies before it
    private int recoverFs;
    private boolean reneged;
    private int renegedUpTo; // everything in flight when the peer reneged lies before it
    private boolean holdsWindow;
    private boolean now;
    private long reorderingDeadline = Long.MAX_VALUE;

    public RackRecovery(final SackScoreboard scoreboard) {
        this.scoreboard = scoreboard;
        this.rack = new Rack(scoreboard);
    }

    @Override
    public void established(final int sndUna, final int segmentSize) {
        mss(segmentSize);
        recover = sndUna;
    }

    @Override
    public void mss(final int segmentSize) {
        mss = segmentSize;
        scoreboard.mss(segmentSize);
    }

    // ---- ACKs

    @Override
    public Verdict ackArrives(final AckArrival ack) {
        takeIn(ack);
        if (ack.isDsack()) {
            rack.dsack(ack.sndNxt);
            spurious.dsack(ack.dsackLeft(), ack.dsackRight() - ack.dsackLeft(), mss);
        }
        final boolean repaired = probe.ackArrives(ack);
        if (isSpurious(ack)) {
            return undo();
        }
        if (phase != Phase.OPEN && SequenceNumber.greaterOrEqual(ack.sndUna, recover)) {
            final boolean wasFast = phase == Phase.RECOVERY;
            end();
            if (wasFast) {
                return Verdict.RECOVERED;
            }
        }
        final Verdict verdict = lookAgain(ack);
        return verdict == Verdict.NORMAL && repaired && phase == Phase.OPEN ? Verdict.REPAIRED : verdict;
    }

    private void takeIn(final AckArrival ack) {
        rack.ackArrives(ack.sndUna);
        scoreboard.take(ack, this);
        rack.ackDone(mss);
        if (reneged && SequenceNumber.greaterOrEqual(ack.sndUna, renegedUpTo)) {
            reneged = false;
        }
        if (!reneged && hasReneged(ack.sndUna)) {
            reneged = true;
            renegedUpTo = ack.sndNxt;
            scoreboard.forgetSacks();
        }
    }

    /**
     * RFC 2018 8: true if the peer has discarded SACKed data, which it would have acknowledged by now. It is detected
     * once for the whole flight: the walk over the scoreboard is limited to one per acknowledged flight. Another renege
     * before that waits for the retransmission timer, as all do on Linux.
     */
    private boolean hasReneged(final int sndUna) {
        final SentSegment first = scoreboard.first();
        return first != null && first.state == SentSegment.State.SACKED && first.start == sndUna;
    }

    @Override
    public void delivered(final SentSegment segment, final int bytes, final AckArrival ack) {
        final int upTo = segment.start + bytes;
        rack.delivered(segment, upTo, ack);
        forwardRto.delivered(segment, upTo);
    }

    private boolean isSpurious(final AckArrival ack) {
        return switch (phase) {
            case LOSS -> forwardRto.ackArrives(ack, true) || spurious.isForFirstCopy(ack) || spurious.isAllReported();
            case RECOVERY -> spurious.isForFirstCopy(ack) || spurious.isAllReported();
            // The last report may arrive when all data is acknowledged.
            default -> spurious.isAllReported();
        };
    }

    private Verdict undo() {
        if (phase != Phase.OPEN) {
            scoreboard.unmarkLost();
            end();
        }
        rack.reorderingSeen();
        spurious.stop();
        return Verdict.UNDONE;
    }

    private void end() {
        phase = Phase.OPEN;
        now = false;
        forwardRto.stop();
        rack.recoveryEnded();
    }

    @Override
    public Verdict lookAgain(final AckArrival ack) {
        final long lostBefore = scoreboard.rate().lost();
        final long wait = rack.detectLoss(ack, phase != Phase.OPEN);
        reorderingDeadline = wait > 0 ? ack.nowNanos + wait : Long.MAX_VALUE;
        switch (phase) {
            case RECOVERY -> {
                final boolean safe = ack.advances() && scoreboard.rate().lost() == lostBefore;
                prr.acked(ack.deliveredBytes, scoreboard.bytesInNetwork(), safe);
                return Verdict.IN_RECOVERY;
            }
            case LOSS -> {
                return Verdict.NORMAL;
            }
            default -> {
                if (scoreboard.bytesLost() == 0) {
                    return Verdict.NORMAL;
                }
                start(ack);
                return Verdict.LOSS_DETECTED;
            }
        }
    }

    private void start(final AckArrival ack) {
        phase = Phase.RECOVERY;
        recover = ack.sndNxt;
        now = true;
        startDetection(ack.sndUna);
        probe.stop();
        // RFC 9937 5: data SACKed before recovery is not delivered in recovery.
        recoverFs = ack.sndNxt - ack.sndUna - (scoreboard.bytesSacked() - ack.sackedBytes) + ack.ackedBytes;
    }

    private void startDetection(final int sndUna) {
        // The peer reports a probe as a duplicate even if its original was SACKed before.
        final int probes = probe.isRetransmissionOutstanding() ? 1 : 0;
        spurious.start(sndUna, scoreboard.segmentsLostSentAgain() + probes, scoreboard.isRetransmissionUnanswered());
    }

    @Override
    public void reduced(final int ssthresh, final boolean holdWindow, final AckArrival ack) {
        holdsWindow = holdWindow;
        prr.start(ssthresh, recoverFs, mss);
        prr.acked(ack.deliveredBytes, scoreboard.bytesInNetwork(), false);
    }

    // ---- Timers

    @Override
    public void timedOut(final AckArrival state, final boolean repeated) {
        // RFC 5682 3.1 step 1: nothing can be detected during recovery or at a repeated timeout.
        forwardRto.timedOut(state.sndNxt, repeated || phase != Phase.OPEN);
        if (phase == Phase.OPEN) {
            startDetection(state.sndUna);
        }
        if (hasReneged(state.sndUna)) {
            scoreboard.forgetSacks();
        }
        makeGood(state);
        rack.timedOut(state);
    }

    @Override
    public void tooLarge(final AckArrival state) {
        scoreboard.markLargerLost();
        if (scoreboard.bytesLost() > 0) {
            forwardRto.stop();
            spurious.stop();
            makeGood(state);
        }
    }

    /** Starts the retransmission of all lost data, as the window allows. */
    private void makeGood(final AckArrival state) {
        phase = Phase.LOSS;
        recover = state.sndNxt;
        now = true;
        probe.stop();
        reorderingDeadline = Long.MAX_VALUE;
    }

    @Override
    public long reorderingDeadline() {
        return reorderingDeadline;
    }

    @Override
    public Verdict reorderingTimedOut(final AckArrival state) {
        return lookAgain(state);
    }

    @Override
    public long probeTimeout(final long srttNanos) {
        // RFC 8985 7.2: not in recovery, with nothing SACKed, one probe at a time.
        final boolean mayProbe = phase == Phase.OPEN
                && scoreboard.bytesSacked() == 0
                && scoreboard.bytesInNetwork() > 0
                && !probe.isOutstanding();
        return mayProbe ? TailLossProbe.timeout(srttNanos, scoreboard.bytesInNetwork() <= mss) : 0;
    }

    @Override
    public void probeSent(final int sndNxt) {
        probe.sent(sndNxt, false);
    }

    @Override
    public void probeSentAgain(final int start, final int sndNxt, final long nowNanos) {
        if (!scoreboard.isRetransmissionUnanswered()) {
            spurious.allAnswered();
        }
        scoreboard.sentAgain(start, sndNxt, nowNanos);
        spurious.sentAgain(1, nowNanos);
        probe.sent(sndNxt, true);
    }

    // ---- Sending

    @Override
    public boolean wantsRetransmission() {
        return scoreboard.bytesLost() > 0 && !forwardRto.holdsRetransmissions();
    }

    @Override
    public int nextRetransmission() {
        final SentSegment first = scoreboard.firstLost();
        return first == null ? recover : first.start;
    }

    @Override
    public int retransmissionEnd(final int limit) {
        return scoreboard.lostUpTo(limit);
    }

    @Override
    public void retransmitted(final int length, final long nowNanos) {
        final int start = nextRetransmission();
        scoreboard.sentAgain(start, start + length, nowNanos);
        spurious.sentAgain((length + mss - 1) / mss, nowNanos);
        prr.sent(length);
        now = false;
    }

    @Override
    public void sent(final int bytes) {
        prr.sent(bytes);
    }

    @Override
    public int pipe(final int sndUna, final int sndNxt) {
        return scoreboard.bytesInNetwork();
    }

    @Override
    public int window(final int cwnd) {
        return phase == Phase.RECOVERY && holdsWindow ? prr.cwnd() : cwnd;
    }

    @Override
    public Phase phase() {
        return phase == Phase.OPEN && scoreboard.bytesSacked() > 0 ? Phase.DISORDER : phase;
    }

    @Override
    public int segmentsSacked() {
        return scoreboard.segmentsSacked();
    }

    @Override
    public int segmentsLost(final int sndUna) {
        return scoreboard.segmentsLost();
    }

    @Override
    public int segmentsSentAgain() {
        return scoreboard.segmentsLostSentAgain();
    }

    @Override
    public int reordering() {
        return rack.reordering().extent();
    }

    @Override
    public int reorderingsSeen() {
        return rack.reordering().seen();
    }

    @Override
    public boolean retransmitNow() {
        return now && wantsRetransmission();
    }

    @Override
    public boolean nothingToSend(final int sndNxt) {
        final boolean held = forwardRto.holdsInVain(sndNxt);
        if (held) {
            // RFC 5682 3.1, 2b: no new data that could prove anything.
            forwardRto.stop();
        }
        return held && scoreboard.bytesLost() > 0;
    }
}
