package io.tapstack.tcp.congestion;

/**
 * Alternative Backoff with ECN, ABE (RFC 8511). A queue that marks is short, and a reduction as for a loss would leave
 * the link idle. A mark therefore multiplies the window by beta_ecn; a loss multiplies it by the smaller beta of the
 * algorithm.
 */
final class AlternativeBackoff {

    /** beta_ecn for the window control of RFC 5681 (RFC 8511 3). */
    static final double STANDARD = 0.8;

    /** beta_ecn for CUBIC, from the measurements in RFC 8511 3.1. */
    static final double CUBIC = 0.85;

    private AlternativeBackoff() {}

    /** Returns ssthresh after a mark, with {@code flight} bytes in the network: at least two segments (RFC 8511 3). */
    static int reduced(final int flight, final double betaEcn, final int mss) {
        return Math.max((int) (flight * betaEcn), 2 * mss);
    }
}
