package io.tapstack.tcp;

/**
 * What a connection offers and accepts of Explicit Congestion Notification; the numbers are those of Linux's tcp_ecn.
 */
public enum EcnMode {
    /** Nothing. */
    OFF(0, EcnFeedback.NONE, EcnFeedback.NONE),
    /** Our own SYNs ask for RFC 3168's, too. */
    ON(1, EcnFeedback.CLASSIC, EcnFeedback.CLASSIC),
    /** RFC 3168's, if the peer asks for it in its SYN. */
    PASSIVE(2, EcnFeedback.CLASSIC, EcnFeedback.NONE),
    /** Accurate ECN (RFC 9768), or RFC 3168's with a peer that knows no better; our own SYNs ask for it. */
    ACCURATE(3, EcnFeedback.ACCURATE, EcnFeedback.ACCURATE),
    /** The same if the peer asks; our own SYNs ask for RFC 3168's. */
    ACCURATE_IN(4, EcnFeedback.ACCURATE, EcnFeedback.CLASSIC),
    /** The same if the peer asks; our own SYNs ask for nothing. */
    ACCURATE_PASSIVE(5, EcnFeedback.ACCURATE, EcnFeedback.NONE);

    private final int number;
    private final EcnFeedback accepted;
    private final EcnFeedback requested;

    EcnMode(final int number, final EcnFeedback accepted, final EcnFeedback requested) {
        this.number = number;
        this.accepted = accepted;
        this.requested = requested;
    }

    /** The most accurate feedback that a peer's SYN can ask for. */
    EcnFeedback accepted() {
        return accepted;
    }

    /** The feedback that our SYN asks for. */
    EcnFeedback requested() {
        return requested;
    }

    /**
     * The mode that tcp_ecn calls {@code number}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static EcnMode of(final int number) {
        for (final EcnMode mode : values()) {
            if (mode.number == number) {
                return mode;
            }
        }
        throw new IllegalArgumentException("no ECN mode " + number);
    }
}
