package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Loss recovery without SACK: fast retransmit and fast recovery (RFC 5681 3.2) with the partial ACKs of NewReno (RFC
 * 6582), limited transmit (RFC 3042), and after a timeout the orderly retransmission of the window that was in flight.
 */
public final class NewRenoRecovery implements LossRecovery {

    private static final int DUP_THRESH = 3;

    private enum Phase {
        OPEN,
        /** After the third duplicate ACK, until recover is acknowledged. */
        FAST_RECOVERY,
        /** After a timeout, until recover is acknowledged. */
        TIMEOUT
    }

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

    @Override
    public void established(final int sndUna, final int segmentSize) {
        mss = segmentSize;
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
    }

    @Override
    public Verdict acknowledged(final int sndUna, final int sndNxt, final int ackedBytes) {
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
            case FAST_RECOVERY -> {
                // RFC 5681 3.2 step 6, or RFC 6582 3.2 step 3
                if (mode == FastRecovery.UNTIL_NEW_ACK || SequenceNumber.greaterOrEqual(sndUna, recover)) {
                    finish(sndUna);
                    // RFC 5681 knows no recover: the next three duplicates retransmit again.
                    recoverValid &= mode == FastRecovery.UNTIL_RECOVER;
                    return Verdict.RECOVERED;
                }
                // RFC 6582 3.2 step 3, partial ACK: the next hole starts here. Deflate by what left the network, add
                // one
                // segment for the retransmission.
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
                // Slow start goes on growing the window while the old flight is sent again.
                return Verdict.NORMAL;
            }
        }
    }

    @Override
    public Verdict duplicateAck(final int sndUna, final int sndNxt) {
        duplicateAcks++;
        switch (phase) {
            case OPEN -> {
                // RFC 6582 3.2 step 2: duplicates of what a timeout sent again are not a new loss.
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
                phase = Phase.FAST_RECOVERY;
                recover = sndNxt;
                recoverValid = true;
                next = sndUna;
                retransmitUntil = SequenceNumber.min(sndUna + mss, sndNxt);
                now = true;
                inflation = DUP_THRESH * mss; // RFC 5681 3.2 step 3
                return Verdict.LOSS_DETECTED;
            }
            case FAST_RECOVERY -> {
                // RFC 5681 3.2 step 4. No more segments can have left the network than were in it: whoever sends more
                // duplicates than
                // that makes them up (RFC 5681 3.2, on Savage et al. 1999).
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
    public void timedOut(final int sndUna, final int sndNxt) {
        phase = Phase.TIMEOUT;
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
        return SequenceNumber.lessThan(next, retransmitUntil);
    }

    @Override
    public int nextRetransmission() {
        return next;
    }

    @Override
    public int retransmissionEnd() {
        return retransmitUntil;
    }

    @Override
    public void retransmitted(final int length) {
        next += length;
        now = false;
    }

    @Override
    public int pipe(final int sndUna, final int sndNxt) {
        // What is marked for retransmission has left the network.
        return (sndNxt - sndUna) - (phase == Phase.TIMEOUT ? Math.max(0, retransmitUntil - next) : 0);
    }

    @Override
    public int inflation() {
        return inflation;
    }

    @Override
    public boolean inRecovery() {
        return phase != Phase.OPEN;
    }

    @Override
    public boolean retransmitNow() {
        return now && wantsRetransmission();
    }

    private void finish(final int sndUna) {
        phase = Phase.OPEN;
        inflation = 0;
        now = false;
        next = sndUna;
        retransmitUntil = sndUna;
    }
}
