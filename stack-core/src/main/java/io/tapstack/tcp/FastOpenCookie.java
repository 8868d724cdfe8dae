package io.tapstack.tcp;

/**
 * A Fast Open cookie (RFC 7413 2): 4 to 16 bytes that mean something to the server alone.
 *
 * @param high the first 8 bytes, and {@code low} the others, in network order; what is not there is 0
 * @param length in bytes
 */
record FastOpenCookie(long high, long low, int length) {

    /** What ours have. */
    static final int LENGTH = 8;
}
