package io.tapstack.tcp.recovery;

import io.tapstack.tcp.congestion.FastRecovery;
import io.tapstack.wire.SequenceNumber;

/**
 * Loss recovery without SACK: fast retransmit and fast recovery (RFC 5681 3.2) with the partial ACKs of NewReno (RFC
 * 6582), limited transmit (RFC 3042), and after a timeout the retransmission of the whole flight in order.
 */
public final class NewRenoRecovery implements LossRecovery, SackScoreboard.Deliveries {

    private static final int DUP_THRESH = 3;

    private final SackScoreboard scoreboard;
    private final ForwardRto forwardRto = new ForwardRto();
    private final SpuriousRecovery spurious = new SpuriousRecovery();

    private Phase phase = Phase.OPEN;
    private FastRecovery mode = FastRecovery.UNTIL_RECOVER;
    private int mss;
    private int duplicateAcks;
    private int inflation;
    private int recover;
    private boolean recoverValid;
    private int next; // everything in flight from here to retransmitUntil counts as lost
    private int retransmitUntil;
    private boolean now;

    public NewRenoRecovery(final SackScoreboard scoreboard) {
        this.scoreboard = scoreboard;
    }

    @Override
    public void established(final int sndUna, final int segmentSize) {
        mss(segmentSize);
        next = sndUna;
        retransmitUntil = sndUna;
    }

    @Override
    public void fastRecovery(final FastRecovery newMode) {
        mode = newMode;
    }

    @Override
    public void mss(final int segmentSize) {
        mss = segmentSize;
        scoreboard.mss(segmentSize);
    }

    @Override
    public Verdict ackArrives(final AckArrival ack) {
        scoreboard.take(ack, this);
        final boolean held = forwardRto.holdsRetransmissions();
        if (isSpurious(ack)) {
            spurious.stop();
            forwardRto.stop();
            duplicateAcks = 0;
            finish(ack.sndUna);
            return Verdict.UNDONE;
        }
        // RFC 5682 2.1, 3a: cwnd may be three segments, one more than the two new ones.
        now |= held && !forwardRto.holdsRetransmissions() && isMoreLost();
        if (ack.advances()) {
            return acknowledged(ack.sndUna, ack.sndNxt, ack.ackedBytes);
        }
        return ack.duplicate ? duplicateAck(ack.sndUna, ack.sndNxt) : Verdict.NORMAL;
    }

    @Override
    public void delivered(final SentSegment segment, final int bytes, final AckArrival ack) {
        forwardRto.delivered(segment, segment.start + bytes);
    }

    private boolean isSpurious(final AckArrival ack) {
        return switch (phase) {
            case LOSS -> forwardRto.ackArrives(ack, false) || spurious.isForFirstCopy(ack);
            case RECOVERY -> spurious.isForFirstCopy(ack);
            default -> false;
        };
    }

    Verdict acknowledged(final int sndUna, final int sndNxt, final int ackedBytes) {
        duplicateAcks = 0;
        next = SequenceNumber.max(next, sndUna);
        if (recoverValid && SequenceNumber.greaterOrEqual(sndUna, recover) && phase == Phase.OPEN) {
            recoverValid = false;
        }
        switch (phase) {
            case OPEN -> {
                inflation = 0;
                next = sndUna;
                retransmitUntil = sndUna;
                return Verdict.NORMAL;
            }
            case RECOVERY -> {
                // RFC 5681 3.2 step 6, or RFC 6582 3.2 step 3
                if (mode == FastRecovery.UNTIL_NEW_ACK || SequenceNumber.greaterOrEqual(sndUna, recover)) {
                    finish(sndUna);
                    // RFC 5681 has no recover: the next three duplicate ACKs retransmit again.
                    recoverValid &= mode == FastRecovery.UNTIL_RECOVER;
                    return Verdict.RECOVERED;
                }
                // RFC 6582 3.2 step 3, partial ACK: the next hole starts here. The window shrinks by the acknowledged
                // bytes and grows by one segment for the retransmission.
                next = sndUna;
                retransmitUntil = SequenceNumber.min(sndUna + mss, recover);
                now = true;
                inflation = Math.max(0, inflation - ackedBytes) + (ackedBytes >= mss ? mss : 0);
                return Verdict.IN_RECOVERY;
            }
            default -> {
                if (SequenceNumber.greaterOrEqual(sndUna, recover)) {
                    finish(sndUna);
                }
                // Slow start continues to grow the window while the old flight is retransmitted.
                return Verdict.NORMAL;
            }
        }
    }

    Verdict duplicateAck(final int sndUna, final int sndNxt) {
        duplicateAcks++;
        switch (phase) {
            case OPEN -> {
                // RFC 6582 3.2 step 2: duplicate ACKs for retransmissions after a timeout are not a new loss.
                final boolean covered = recoverValid && SequenceNumber.lessOrEqual(sndUna, recover);
                if (duplicateAcks < DUP_THRESH) {
                    inflation = duplicateAcks * mss; // RFC 3042: one new segment for each of the first two
                    return Verdict.NORMAL;
                }
                if (duplicateAcks > DUP_THRESH || covered) {
                    inflation = 0;
                    return Verdict.NORMAL;
                }
                if (mode == FastRecovery.NONE) {
                    timedOut(sndUna, sndNxt);
                    return Verdict.LOSS_DETECTED;
                }
                phase = Phase.RECOVERY;
                spurious.start(sndUna, 0, scoreboard.isRetransmissionUnanswered());
                recover = sndNxt;
                recoverValid = true;
                next = sndUna;
                retransmitUntil = SequenceNumber.min(sndUna + mss, sndNxt);
                now = true;
                inflation = DUP_THRESH * mss; // RFC 5681 3.2 step 3
                return Verdict.LOSS_DETECTED;
            }
            case RECOVERY -> {
                // RFC 5681 3.2 step 4. The inflation ends at the flight: a peer that sends more duplicate ACKs forges
                // them (RFC 5681 3.2, on Savage et al. 1999).
                if (inflation < sndNxt - sndUna) {
                    inflation += mss;
                }
                return Verdict.IN_RECOVERY;
            }
            default -> {
                return Verdict.NORMAL;
            }
        }
    }

    @Override
    public void timedOut(final AckArrival state, final boolean repeated) {
        forwardRto.timedOut(state.sndNxt, repeated || phase != Phase.OPEN);
        if (phase == Phase.OPEN) {
            spurious.start(state.sndUna, 0, scoreboard.isRetransmissionUnanswered());
        }
        timedOut(state.sndUna, state.sndNxt);
    }

    @Override
    public void tooLarge(final AckArrival state) {
        forwardRto.stop();
        spurious.stop();
        timedOut(state.sndUna, state.sndNxt);
    }

    void timedOut(final int sndUna, final int sndNxt) {
        phase = Phase.LOSS;
        duplicateAcks = 0;
        inflation = 0;
        recover = sndNxt; // RFC 6582 3.2 step 4
        recoverValid = true;
        next = sndUna;
        retransmitUntil = sndNxt;
        now = true;
    }

    @Override
    public boolean wantsRetransmission() {
        return isMoreLost() && !forwardRto.holdsRetransmissions();
    }

    private boolean isMoreLost() {
        return SequenceNumber.lessThan(next, retransmitUntil);
    }

    @Override
    public int nextRetransmission() {
        return next;
    }

    @Override
    public int retransmissionEnd(final int limit) {
        return SequenceNumber.min(retransmitUntil, next + limit);
    }

    @Override
    public void retransmitted(final int length, final long nowNanos) {
        scoreboard.sentAgain(next, next + length, nowNanos);
        spurious.sentAgain((length + mss - 1) / mss, nowNanos);
        next += length;
        now = false;
    }

    @Override
    public int pipe(final int sndUna, final int sndNxt) {
        // Data marked for retransmission has left the network.
        return (sndNxt - sndUna) - (phase == Phase.LOSS ? Math.max(0, retransmitUntil - next) : 0);
    }

    @Override
    public int window(final int cwnd) {
        return cwnd + inflation;
    }

    @Override
    public Phase phase() {
        return phase == Phase.OPEN && duplicateAcks > 0 ? Phase.DISORDER : phase;
    }

    @Override
    public int segmentsSacked() {
        return duplicateAcks;
    }

    @Override
    public int segmentsSentAgain() {
        return scoreboard.segmentsSentAgain();
    }

    @Override
    public int segmentsLost(final int sndUna) {
        return inRecovery() ? Math.max(0, (retransmitUntil - sndUna + mss - 1) / mss) : 0;
    }

    @Override
    public boolean nothingToSend(final int sndNxt) {
        final boolean held = forwardRto.holdsInVain(sndNxt);
        if (held) {
            forwardRto.stop(); // RFC 5682 2.1, 2b: no new data that could prove anything.
        }
        return held && isMoreLost();
    }

    @Override
    public boolean retransmitNow() {
        return now && wantsRetransmission();
    }

    private void finish(final int sndUna) {
        phase = Phase.OPEN;
        forwardRto.stop();
        inflation = 0;
        now = false;
        next = sndUna;
        retransmitUntil = sndUna;
    }
}
