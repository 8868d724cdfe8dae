package io.tapstack.tcp;

/**
 * A Fast Open cookie (RFC 7413 2): 4 to 16 bytes that only the server interprets.
 *
 * @param high the first 8 bytes, and {@code low} the others, in network order; unused bytes are 0
 * @param length in bytes; 0 requests a cookie
 * @param experimental true in the experimental option (RFC 6994), which Fast Open used before it had an option kind
 */
public record FastOpenCookie(long high, long low, int length, boolean experimental) {

    /** Length of the cookies that this stack makes, in bytes. */
    static final int LENGTH = 8;

    /** A cookie request, in the experimental or the standard option. */
    public static FastOpenCookie request(final boolean experimental) {
        return new FastOpenCookie(0, 0, 0, experimental);
    }

    /** The same cookie in the form of the option that the peer uses. */
    public FastOpenCookie in(final boolean experimentalForm) {
        return experimental == experimentalForm ? this : new FastOpenCookie(high, low, length, experimentalForm);
    }
}
