package io.tapstack.tcp.recovery;

/**
 * What is lost and has to be sent again. One object belongs to one connection; it looks at the ACKs and tells the sender, which
 * {@linkplain #nextRetransmission() asks} before it sends anything new. Sequence numbers as in RFC 9293; called by
 * whoever runs the stack; allocates nothing.
 */
public interface LossRecovery {

    /** What an ACK means. */
    enum Verdict {
        /** Nothing to do with loss. */
        NORMAL,
        /** A loss was found: the window has to be reduced and the first segment sent again. */
        LOSS_DETECTED,
        /** Recovery goes on. */
        IN_RECOVERY,
        /** Everything that was in flight when the loss was found is acknowledged. */
        RECOVERED
    }

    /** The handshake is over. */
    void established(int sndUna, int mss);

    /** What follows a fast retransmit if there is no SACK; {@link FastRecovery#UNTIL_RECOVER} unless told otherwise. */
    void fastRecovery(FastRecovery mode);

    /** The segment size has changed. */
    void mss(int mss);

    /**
     * An ACK for new data.
     *
     * @param sndUna SND.UNA, already moved forward
     * @param ackedBytes by how much
     */
    Verdict acknowledged(int sndUna, int sndNxt, int ackedBytes);

    /** A duplicate ACK in the sense of RFC 5681 2, while data is in flight. */
    Verdict duplicateAck(int sndUna, int sndNxt);

    /** The retransmission timer expired: everything in flight counts as lost. */
    void timedOut(int sndUna, int sndNxt);

    /** Whether there is a segment to send again now, before new data and as far as {@link #pipe} leaves room. */
    boolean wantsRetransmission();

    /** First sequence number to send again; valid if {@link #wantsRetransmission()}. */
    int nextRetransmission();

    /** Sequence number at which retransmission stops; valid if {@link #wantsRetransmission()}. */
    int retransmissionEnd();

    /** {@code length} bytes from {@link #nextRetransmission()} on were sent again. */
    void retransmitted(int length);

    /** An estimate of the bytes in the network. */
    int pipe(int sndUna, int sndNxt);

    /** Bytes by which the window is inflated for segments that have left the network (RFC 5681 3.2, RFC 3042). */
    int inflation();

    /** True between the detection of a loss and the acknowledgement of everything that was in flight then. */
    boolean inRecovery();

    /** True if the next retransmission is due whatever the window says (the first one of a fast retransmit, or after a partial ACK). */
    boolean retransmitNow();
}
