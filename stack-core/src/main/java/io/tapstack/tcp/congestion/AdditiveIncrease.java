package io.tapstack.tcp.congestion;

/**
 * Congestion avoidance of RFC 5681 3.1: adds one segment per round trip, by appropriate byte counting (RFC 3465 2.1).
 */
final class AdditiveIncrease {

    private int bytesAcked;

    /**
     * Counts {@code acked} bytes.
     *
     * @return the growth of the window, in bytes
     */
    int growth(final int acked, final int cwnd, final int mss) {
        bytesAcked += acked;
        if (bytesAcked < cwnd) {
            return 0;
        }
        bytesAcked -= cwnd;
        return mss;
    }

    /** Restarts the count after another change of the window. */
    void restart() {
        bytesAcked = 0;
    }
}
