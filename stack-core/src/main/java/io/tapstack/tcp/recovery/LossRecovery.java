package io.tapstack.tcp.recovery;

import io.tapstack.tcp.congestion.FastRecovery;

/**
 * Loss detection and retransmission for one connection. The sender reports ACKs and asks for
 * {@linkplain #nextRetransmission() retransmissions} before it sends new data. Sequence numbers are as in RFC 9293; all
 * methods are called under the stack's lock and allocate nothing.
 */
public interface LossRecovery {

    /** The result of an ACK or a timer. */
    enum Verdict {
        /** No loss. */
        NORMAL,
        /** A loss is detected: the caller reduces the window and calls {@link #reduced}. */
        LOSS_DETECTED,
        /** Recovery continues. */
        IN_RECOVERY,
        /** All data in flight at the start of recovery is acknowledged. */
        RECOVERED,
        /** A loss is detected that is repaired already: the caller only reduces the window. */
        REPAIRED,
        /** The loss was spurious: the caller restores the window (RFC 4015). */
        UNDONE
    }

    /** The state of recovery, as in Linux's {@code tcpi_ca_state} without CWR, which is not about loss. */
    enum Phase {
        OPEN,
        /** The last ACKs report reordering or duplicates, perhaps a loss. */
        DISORDER,
        /** Fast recovery. */
        RECOVERY,
        /** Recovery from a retransmission timeout. */
        LOSS
    }

    /** The handshake is complete. */
    void established(int sndUna, int mss);

    /** Sets the form of fast recovery without SACK; {@link FastRecovery#UNTIL_RECOVER} by default. */
    default void fastRecovery(final FastRecovery mode) {}

    /** The segment size has changed. */
    void mss(int mss);

    /** Processes an acceptable ACK and updates the scoreboard, whether SND.UNA advances or not. */
    Verdict ackArrives(AckArrival ack);

    /** After {@link Verdict#RECOVERED}: detects losses among the data sent during that recovery. */
    default Verdict lookAgain(final AckArrival ack) {
        return Verdict.NORMAL;
    }

    /**
     * After {@link Verdict#LOSS_DETECTED}: congestion control has reduced ssthresh.
     *
     * @param holdWindow true if recovery sets cwnd until its end ({@link #window}); false if congestion control does
     */
    default void reduced(final int ssthresh, final boolean holdWindow, final AckArrival ack) {}

    /**
     * The retransmission timer has expired: all data in flight counts as lost. {@code state} has no ACK, but time and
     * sequence numbers.
     */
    void timedOut(AckArrival state, boolean repeated);

    /**
     * Marks segments above the reduced {@linkplain #mss MSS} as lost, as the path does not carry them (RFC 1191 6.5).
     * This is neither congestion nor undone as spurious. {@code state} as for {@link #timedOut}.
     */
    void tooLarge(AckArrival state);

    /** True if a segment is to be retransmitted before new data, as far as {@link #pipe} leaves room. */
    boolean wantsRetransmission();

    /** First sequence number of the next retransmission; valid if {@link #wantsRetransmission()}. */
    int nextRetransmission();

    /**
     * End of the next retransmission, at most {@code limit} bytes from its start; valid if
     * {@link #wantsRetransmission()}.
     */
    int retransmissionEnd(int limit);

    /** Records the retransmission of {@code length} bytes from {@link #nextRetransmission()}. */
    void retransmitted(int length, long nowNanos);

    /** Records the sending of {@code bytes} of new data. */
    default void sent(final int bytes) {}

    /** The pipe: an estimate of the bytes in the network. */
    int pipe(int sndUna, int sndNxt);

    /** The send window in bytes: {@code cwnd}, as recovery limits or extends it. */
    int window(int cwnd);

    Phase phase();

    /** True from the detection of a loss until all data then in flight is acknowledged. */
    default boolean inRecovery() {
        return phase() == Phase.RECOVERY || phase() == Phase.LOSS;
    }

    /**
     * True if the next retransmission ignores the window: the first one of a fast retransmit, or one after a partial
     * ACK.
     */
    boolean retransmitNow();

    /**
     * Nothing more can be sent now.
     *
     * @return true if this releases retransmissions that were held back, so that the caller tries again
     */
    default boolean nothingToSend(final int sndNxt) {
        return false;
    }

    // ---- Counters

    /** Number of segments SACKed; without SACK the number of duplicate ACKs. */
    int segmentsSacked();

    /** Number of segments marked as lost and not acknowledged, retransmitted since or not. */
    int segmentsLost(int sndUna);

    /** Number of retransmitted segments in the network. */
    int segmentsSentAgain();

    /** Largest reordering distance seen, in segments (Linux: {@code tcpi_reordering}); three at least. */
    default int reordering() {
        return Reordering.FIRST;
    }

    /** Number of reordering events. */
    default int reorderingsSeen() {
        return 0;
    }

    // ---- Timers of RFC 8985, used with SACK only

    /** Time for {@link #reorderingTimedOut}, or {@link Long#MAX_VALUE} for none. */
    default long reorderingDeadline() {
        return Long.MAX_VALUE;
    }

    /** The reordering timer has expired. */
    default Verdict reorderingTimedOut(final AckArrival state) {
        return Verdict.NORMAL;
    }

    /** PTO: the delay of a tail loss probe in nanoseconds, or 0 if none may be sent now. */
    default long probeTimeout(final long srttNanos) {
        return 0;
    }

    /** Records a probe with new data up to {@code sndNxt}. */
    default void probeSent(final int sndNxt) {}

    /** Records a probe that retransmits the data from {@code start} to {@code sndNxt}. */
    default void probeSentAgain(final int start, final int sndNxt, final long nowNanos) {}
}
