package io.tapstack.socket;

/**
 * The settings of one {@code sendmsg(2)}: the in-parameter of {@link StackSocket#sendMessage}. Used by one thread at a
 * time.
 */
public final class SentMessage {

    /** Left to the socket's options. */
    public static final int UNSET = -1;

    /** All {@code SOF_TIMESTAMPING_TX} flags. */
    public static final int STAMPS = StampOptions.TX_RECORD_MASK;

    /** A message without settings. */
    static final SentMessage PLAIN = new SentMessage();

    private int stamps = UNSET;

    /**
     * The times of this send to report, regardless of the option: {@code SOF_TIMESTAMPING_TX} flags, a control message
     * SO_TIMESTAMPING.
     */
    public SentMessage stamps(final int flags) {
        this.stamps = flags;
        return this;
    }

    int stamps() {
        return stamps;
    }
}
