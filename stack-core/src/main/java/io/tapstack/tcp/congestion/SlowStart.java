package io.tapstack.tcp.congestion;

/** Slow start of RFC 5681 3.1 with appropriate byte counting (RFC 3465). */
final class SlowStart {

    /** L of RFC 3465 2.2: an ACK of a peer with delayed ACKs covers two segments. */
    private static final int LIMIT = 2;

    private SlowStart() {}

    /** Returns the growth of the window for {@code acked} bytes, in bytes. */
    static int growth(final int acked, final int mss) {
        return limited(acked, LIMIT, mss);
    }

    /**
     * Returns the growth with another L. If a device joins segments, the peer's ACKs cover many more than L segments.
     * The growth is then half of the acknowledged bytes, as with one ACK for every fourth segment: the window neither
     * explodes nor stands still.
     */
    static int limited(final int acked, final int limit, final int mss) {
        return Math.min(acked, Math.max(limit * mss, acked / 2));
    }
}
