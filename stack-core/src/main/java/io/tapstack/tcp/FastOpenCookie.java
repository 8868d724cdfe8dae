package io.tapstack.tcp;

/**
 * A Fast Open cookie (RFC 7413 2): 4 to 16 bytes that mean something to the server alone.
 *
 * @param high the first 8 bytes, and {@code low} the others, in network order; what is not there is 0
 * @param length in bytes; 0 asks for a cookie
 * @param experimental whether it travels in the experimental option (RFC 6994), which Fast Open had before it got a
 *     kind of its own
 */
public record FastOpenCookie(long high, long low, int length, boolean experimental) {

    /** What ours have. */
    static final int LENGTH = 8;

    /** The wish for a cookie, in one form of the option or the other. */
    public static FastOpenCookie request(final boolean experimental) {
        return new FastOpenCookie(0, 0, 0, experimental);
    }

    /** The same bytes in the form of the option that the peer uses. */
    public FastOpenCookie in(final boolean experimentalForm) {
        return experimental == experimentalForm ? this : new FastOpenCookie(high, low, length, experimentalForm);
    }
}
