package io.tapstack.tcp;

/**
 * What a connection offers and accepts of Explicit Congestion Notification; the numbers are those of Linux's tcp_ecn.
 */
public enum EcnMode {
    /** Nothing. */
    OFF(0),
    /** Our own SYNs ask for RFC 3168's, too. */
    ON(1),
    /** RFC 3168's, if the peer asks for it in its SYN. */
    PASSIVE(2),
    /** Accurate ECN (RFC 9768), or RFC 3168's with a peer that knows no better; our own SYNs ask for it. */
    ACCURATE(3),
    /** The same if the peer asks; our own SYNs ask for RFC 3168's. */
    ACCURATE_IN(4),
    /** The same if the peer asks; our own SYNs ask for nothing. */
    ACCURATE_PASSIVE(5);

    private final int number;

    EcnMode(final int number) {
        this.number = number;
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
