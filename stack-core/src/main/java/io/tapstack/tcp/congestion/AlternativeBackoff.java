package io.tapstack.tcp.congestion;

/**
 * Alternative Backoff with ECN, ABE (RFC 8511): a queue that marks is short, so a sender that gives way as far as for a
 * loss leaves the link idle. The window is multiplied by beta_ecn for a mark, and by the smaller beta of the algorithm
 * for a loss, as ever.
 */
final class AlternativeBackoff {

    /** beta_ecn for the window control of RFC 5681 (RFC 8511 3). */
    static final double STANDARD = 0.8;

    /** beta_ecn for CUBIC, as RFC 8511 3.1 has measured it. */
    static final double CUBIC = 0.85;

    private AlternativeBackoff() {}

    /** ssthresh after a mark, with {@code flight} bytes in the network: two segments at least (RFC 8511 3). */
    static int reduced(final int flight, final double betaEcn, final int mss) {
        return Math.max((int) (flight * betaEcn), 2 * mss);
    }
}
