package io.tapstack.tcp;

/** When AccECN options are sent (RFC 9768 3.2.3.3), in the order of Linux's tcp_ecn_option. */
public enum AccEcnOptionMode {
    /** Never, not even in the handshake. */
    NEVER,
    /** The minimum of RFC 9768 3.2.3.3: after CE, after a change of counter, and a few times per round trip. */
    MINIMAL,
    /** With each ACK that reports a changed counter: the simple scheme that RFC 9768 recommends. */
    ALWAYS,
    /** As {@link #ALWAYS}, even if the path seems to drop packets with the option. */
    PERSISTENT;

    /**
     * Returns the mode with this number of tcp_ecn_option.
     *
     * @throws IllegalArgumentException if no mode has this number
     */
    public static AccEcnOptionMode of(final int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException("no mode " + number + " of AccECN options");
        }
        return values()[number];
    }
}
