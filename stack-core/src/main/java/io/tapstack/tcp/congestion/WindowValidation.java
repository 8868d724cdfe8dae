package io.tapstack.tcp.congestion;

import io.tapstack.wire.SequenceNumber;

/**
 * Congestion window validation (RFC 7661): what a window is worth that the application does not use. pipeACK is how
 * much was acknowledged in a round trip, the most of the last three round trips or the last second. The window is
 * <em>validated</em> if the sender was held back by it, or pipeACK is half of it at least. While it is not
 *
 * <ul>
 *   <li>it does not grow (4.3);
 *   <li>a loss reduces what was really in the network, pipeACK, not the window (4.4.2), and at the end of recovery what
 *       had to be sent again is taken off;
 *   <li>after five minutes half of it is gone (4.4.1).
 * </ul>
 *
 * <p>RFC 7661 would also keep the window through silence. Without pacing that lets a whole window loose at once, so RFC
 * 5681 4.1 stays in force there, as in Linux: a sender that was silent for an RTO begins again with the initial window
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

    // Of a loss while the window was not validated.
    private long lossVolume = UNDEFINED;
    private long retransmitted;

    /** Takes in what an ACK says. {@code cwnd} is the window before it. */
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

    /** 4.2: whether the window is one that the network has lately been seen to carry. */
    boolean isValidated(final int cwnd) {
        return used || pipeAck.isEmpty() || 2 * pipeAck.max() >= cwnd;
    }

    /** 4.4.1: true each time that a non-validated period is over. */
    boolean isPeriodOver(final long nowNanos) {
        if (!counting || nowNanos - nonValidatedSince < PERIOD_NANOS) {
            return false;
        }
        nonValidatedSince = nowNanos;
        return true;
    }

    /** 4.4.2: what a loss is to reduce, with {@code flight} bytes in the network. */
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
     * Recovery is over, and with it the non-validated phase.
     *
     * @return what the loss is to have reduced after all (4.4.2: less R), or -1 for no change
     */
    int recovered() {
        final long volume = lossVolume;
        restart();
        return volume < 0 ? -1 : (int) Math.max(0, volume - retransmitted);
    }

    /** pipeACK is undefined, and the window validated, until it has been measured anew. */
    void restart() {
        pipeAck.reset();
        inRound = false;
        roundBytes = 0;
        used = true;
        counting = false;
        lossVolume = UNDEFINED;
    }
}
