package io.tapstack.tcp;

/** The Explicit Congestion Notification that a connection offers and accepts, with the numbers of Linux's tcp_ecn. */
public enum EcnMode {
    /** No ECN. */
    OFF(0),
    /** RFC 3168: our SYN asks for it, and a SYN that asks for it is accepted. */
    ON(1),
    /** RFC 3168 if the peer's SYN asks for it. */
    PASSIVE(2),
    /** Accurate ECN (RFC 9768), or RFC 3168 if the peer supports only that; our SYN asks for Accurate ECN. */
    ACCURATE(3),
    /** Accurate ECN or RFC 3168 if the peer's SYN asks for it; our SYN asks for RFC 3168. */
    ACCURATE_IN(4),
    /** Accurate ECN or RFC 3168 if the peer's SYN asks for it; our SYN asks for no ECN. */
    ACCURATE_PASSIVE(5);

    private final int number;

    EcnMode(final int number) {
        this.number = number;
    }

    /**
     * Returns the mode with this number of tcp_ecn.
     *
     * @throws IllegalArgumentException if no mode has this number
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
