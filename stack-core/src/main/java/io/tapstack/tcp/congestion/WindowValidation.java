package io.tapstack.tcp.congestion;

import io.tapstack.wire.SequenceNumber;

/**
 * Congestion window validation (RFC 7661), for a window that the application does not use. pipeACK is the largest
 * number of bytes acknowledged per round trip, in the last three round trips or the last second. The window is
 * <em>validated</em> if it limited the sender, or if pipeACK is at least half of it. A window that is not validated
 *
 * <ul>
 *   <li>does not grow (4.3);
 *   <li>is reduced from pipeACK after a loss (4.4.2), less the retransmitted bytes at the end of recovery;
 *   <li>is halved after five minutes (4.4.1).
 * </ul>
 *
 * <p>RFC 7661 would also keep the window through idle time. Without pacing this sends a whole window in one burst. RFC
 * 5681 4.1 therefore stays in force, as in Linux: after an idle RTO the sender restarts with the initial window
 * ({@link CongestionControl#restartAfterIdle}).
 */
final class WindowValidation {

    /** The non-validated period (4.4.1). */
    static final long PERIOD_NANOS = 300_000_000_000L;

    private static final long SECOND = 1_000_000_000L;
    private static final long UNDEFINED = -1;

    private final WindowedMax pipeAck = new WindowedMax();
    private boolean used = true;
    private boolean inRound;
    private int roundEnd;
    private long roundBytes;
    private long nonValidatedSince = UNDEFINED;
    private boolean counting;

    // State of a loss while the window was not validated.
    private long lossVolume = UNDEFINED;
    private long retransmitted;

    /** Processes an ACK; {@code cwnd} is the window before it. */
    void acknowledged(final AckSample ack, final int cwnd) {
        used = ack.windowUsed;
        roundBytes += ack.ackedBytes;
        if (!inRound) {
            inRound = true;
            roundBytes = 0;
            roundEnd = ack.sndNxt;
        } else if (SequenceNumber.greaterOrEqual(ack.sndUna, roundEnd)) {
            pipeAck.update(roundBytes, ack.nowNanos, Math.max(3 * ack.srttNanos, SECOND));
            roundBytes = 0;
            roundEnd = ack.sndNxt;
        }
        if (lossVolume >= 0 && ack.inRecovery) {
            retransmitted += ack.lostBytes;
        }
        if (isValidated(cwnd)) {
            counting = false;
        } else if (!counting) {
            counting = true;
            nonValidatedSince = ack.nowNanos;
        }
    }

    /** 4.2: true if recent traffic shows that the network carries this window. */
    boolean isValidated(final int cwnd) {
        return used || pipeAck.isEmpty() || 2 * pipeAck.max() >= cwnd;
    }

    /** 4.4.1: true once at the end of each non-validated period. */
    boolean isPeriodOver(final long nowNanos) {
        if (!counting || nowNanos - nonValidatedSince < PERIOD_NANOS) {
            return false;
        }
        nonValidatedSince = nowNanos;
        return true;
    }

    /** 4.4.2: returns the bytes from which a loss reduces, with {@code flight} bytes in the network. */
    int lossDetected(final int flight, final int cwnd) {
        retransmitted = 0;
        if (isValidated(cwnd)) {
            lossVolume = UNDEFINED;
            return flight;
        }
        lossVolume = Math.max(pipeAck.max(), flight);
        return (int) lossVolume;
    }

    /**
     * Ends recovery and the non-validated phase.
     *
     * @return the bytes from which the loss finally reduces (4.4.2: less R), or -1 for no change
     */
    int recovered() {
        final long volume = lossVolume;
        restart();
        return volume < 0 ? -1 : (int) Math.max(0, volume - retransmitted);
    }

    /** Discards pipeACK: the window counts as validated until the next measurement. */
    void restart() {
        pipeAck.reset();
        inRound = false;
        roundBytes = 0;
        used = true;
        counting = false;
        lossVolume = UNDEFINED;
    }
}
