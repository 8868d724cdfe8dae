package io.tapstack.tcp.congestion;

/** Slow start of RFC 5681 3.1 with the byte counting of RFC 3465. */
final class SlowStart {

    /** L of RFC 3465 2.2: an ACK stands for two segments when the peer delays its ACKs. */
    private static final int LIMIT = 2;

    private SlowStart() {}

    /** By how many bytes the window grows with an ACK for {@code acked} bytes. */
    static int growth(final int acked, final int mss) {
        return limited(acked, LIMIT, mss);
    }

    /**
     * The same with another L. A device that joins segments makes the peer's ACKs stand for many more than L segments.
     * The window is not to explode then, nor to stand still: half of what they acknowledge is what the peer would have
     * had with an ACK for every fourth.
     */
    static int limited(final int acked, final int limit, final int mss) {
        return Math.min(acked, Math.max(limit * mss, acked / 2));
    }
}
