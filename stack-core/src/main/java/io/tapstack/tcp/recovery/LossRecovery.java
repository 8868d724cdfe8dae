package io.tapstack.tcp.recovery;

import io.tapstack.tcp.congestion.FastRecovery;

/**
 * What is lost and has to be sent again. One object belongs to one connection; it looks at the ACKs and tells the
 * sender, which {@linkplain #nextRetransmission() asks} before it sends anything new. Sequence numbers as in RFC 9293;
 * called by whoever runs the stack; allocates nothing.
 */
public interface LossRecovery {

    /** What an ACK, or a timer, brings to light. */
    enum Verdict {
        /** Nothing to do with loss. */
        NORMAL,
        /** A loss was found: the window has to be reduced, and {@link #reduced} called. */
        LOSS_DETECTED,
        /** Recovery goes on. */
        IN_RECOVERY,
        /** Everything that was in flight when the loss was found is acknowledged. */
        RECOVERED,
        /** A loss was found when it was made good already: the window has to be reduced, that is all. */
        REPAIRED,
        /** Nothing had been lost: the reduction of the window has to be taken back (RFC 4015). */
        UNDONE
    }

    /**
     * Where recovery stands; as in Linux's {@code tcpi_ca_state}, but for the window reduced by ECN, which is not about
     * loss.
     */
    enum Phase {
        OPEN,
        /** Something came out of order, or more than once; perhaps it is a loss. */
        DISORDER,
        /** Fast recovery. */
        RECOVERY,
        /** A timeout is being made good. */
        LOSS
    }

    /** The handshake is over. */
    void established(int sndUna, int mss);

    /** What follows a fast retransmit if there is no SACK; {@link FastRecovery#UNTIL_RECOVER} unless told otherwise. */
    default void fastRecovery(final FastRecovery mode) {}

    /** The segment size has changed. */
    void mss(int mss);

    /** An ACK came that is acceptable, whether it acknowledges something or not. Takes it into the scoreboard. */
    Verdict ackArrives(AckArrival ack);

    /** After {@link Verdict#RECOVERED}: whether what was sent during that recovery has losses of its own. */
    default Verdict lookAgain(final AckArrival ack) {
        return Verdict.NORMAL;
    }

    /**
     * After {@link Verdict#LOSS_DETECTED}: congestion control has set ssthresh.
     *
     * @param holdWindow whether recovery says what cwnd is until the end ({@link #window}), or congestion control does
     */
    default void reduced(final int ssthresh, final boolean holdWindow, final AckArrival ack) {}

    /**
     * The retransmission timer expired: what is in flight counts as lost. {@code state} has no ACK, but time and
     * sequence numbers.
     */
    void timedOut(AckArrival state, boolean repeated);

    /**
     * The path takes no segments larger than the {@linkplain #mss MSS} is now, so those in flight that are do not
     * arrive (RFC 1191 6.5). That is no congestion, and nothing that could turn out to have been a mistake.
     * {@code state} as for {@link #timedOut}.
     */
    void tooLarge(AckArrival state);

    /** Whether there is a segment to send again now, before new data and as far as {@link #pipe} leaves room. */
    boolean wantsRetransmission();

    /** First sequence number to send again; valid if {@link #wantsRetransmission()}. */
    int nextRetransmission();

    /**
     * Sequence number up to which to go on from there, at most {@code limit} bytes further; valid if
     * {@link #wantsRetransmission()}.
     */
    int retransmissionEnd(int limit);

    /** {@code length} bytes from {@link #nextRetransmission()} on were sent again. */
    void retransmitted(int length, long nowNanos);

    /** {@code bytes} of new data were sent. */
    default void sent(final int bytes) {}

    /** An estimate of the bytes in the network. */
    int pipe(int sndUna, int sndNxt);

    /** How much may be in the network, where congestion control says {@code cwnd}. */
    int window(int cwnd);

    Phase phase();

    /** True between the detection of a loss and the acknowledgement of everything that was in flight then. */
    default boolean inRecovery() {
        return phase() == Phase.RECOVERY || phase() == Phase.LOSS;
    }

    /**
     * True if the next retransmission is due whatever the window says (the first one of a fast retransmit, or after a
     * partial ACK).
     */
    boolean retransmitNow();

    /**
     * All was sent that could be. @return true if something held retransmissions back that does so no longer, so that
     * another look is worth it
     */
    default boolean nothingToSend(final int sndNxt) {
        return false;
    }

    // ---- Figures

    /**
     * How many segments the peer has, as far as is known, but not in order; without SACK each duplicate ACK stands for
     * one.
     */
    int segmentsSacked();

    /** How many segments were found lost, and are not acknowledged, whether they were sent again since or not. */
    int segmentsLost(int sndUna);

    /** How many segments that were taken for lost were sent again, and are in the network. */
    int segmentsSentAgain();

    /**
     * How many segments a late one and those that have overtaken it were at most (Linux: {@code tcpi_reordering});
     * three, unless more was seen.
     */
    default int reordering() {
        return Reordering.FIRST;
    }

    /** How often that was seen. */
    default int reorderingsSeen() {
        return 0;
    }

    // ---- Timers of RFC 8985, which only recovery with SACK has

    /** When {@link #reorderingTimedOut} wants to be called, or {@link Long#MAX_VALUE}. */
    default long reorderingDeadline() {
        return Long.MAX_VALUE;
    }

    /** That time is over. */
    default Verdict reorderingTimedOut(final AckArrival state) {
        return Verdict.NORMAL;
    }

    /** Nanoseconds of silence after which a tail loss probe is worth sending (PTO), or 0 if none may be sent now. */
    default long probeTimeout(final long srttNanos) {
        return 0;
    }

    /** A probe went out: new data up to {@code sndNxt}. */
    default void probeSent(final int sndNxt) {}

    /** A probe went out: what lies between {@code start} and {@code sndNxt}, once more. */
    default void probeSentAgain(final int start, final int sndNxt, final long nowNanos) {}
}
