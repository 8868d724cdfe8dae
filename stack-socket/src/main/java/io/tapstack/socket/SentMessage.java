package io.tapstack.socket;

/**
 * What {@code sendmsg(2)} says besides the bytes: the in-parameter of {@link StackSocket#sendMessage}. Used by one
 * thread at a time.
 */
public final class SentMessage {

    /** What is left to the socket's options. */
    public static final int UNSET = -1;

    /** The {@code SOF_TIMESTAMPING_TX} flags that there are. */
    public static final int STAMPS = StampOptions.TX_RECORD_MASK;

    /** Nothing. */
    static final SentMessage PLAIN = new SentMessage();

    private int stamps = UNSET;

    /**
     * Which times of this send are told, whatever the option says: {@code SOF_TIMESTAMPING_TX} flags, a control message
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
