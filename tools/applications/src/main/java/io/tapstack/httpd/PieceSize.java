package io.tapstack.httpd;

/**
 * The size of the piece that is sent by one call: small enough that a slow client is seen to make progress, large
 * enough that a fast one costs few calls. Always a power of two.
 */
final class PieceSize {

    private static final long MIN_BYTES = 64 * 1024;
    private static final long MAX_BYTES = 8 * 1024 * 1024;
    private static final long FAST_NANOS = 100_000_000;
    private static final long SLOW_NANOS = 1_000_000_000;

    private long bytes = MIN_BYTES;

    /** The size of the next piece. */
    long bytes() {
        return bytes;
    }

    /** The last piece took so long. */
    void took(final long nanos) {
        if (nanos < FAST_NANOS) {
            bytes = Math.min(MAX_BYTES, bytes * 2);
        } else if (nanos > SLOW_NANOS) {
            bytes = Math.max(MIN_BYTES, bytes / 2);
        }
    }
}
