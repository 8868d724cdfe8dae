package io.tapstack.tcp;

/** How often AccECN options are sent (RFC 9768 3.2.3.3); in the order of Linux's tcp_ecn_option. */
public enum AccEcnOptionMode {
    /** Never, nor in the handshake. */
    NEVER,
    /**
     * As seldom as the rules allow: when CE comes in, when another counter than before counts, and some times a round
     * trip.
     */
    MINIMAL,
    /** With each ACK that has something new to tell: the simple scheme that is recommended. */
    ALWAYS,
    /** The same, though packets with the option seem to be lost for it. */
    PERSISTENT;

    /**
     * The mode that tcp_ecn_option calls {@code number}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AccEcnOptionMode of(final int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException("no mode " + number + " of AccECN options");
        }
        return values()[number];
    }
}
