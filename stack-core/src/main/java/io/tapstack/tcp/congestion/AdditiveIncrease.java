package io.tapstack.tcp.congestion;

/**
 * Congestion avoidance of RFC 5681 3.1: one segment each round trip, by counting the bytes acknowledged (RFC 3465 2.1).
 */
final class AdditiveIncrease {

    private int bytesAcked;

    /** Counts {@code acked} bytes. @return by how many bytes the window grows now */
    int growth(final int acked, final int cwnd, final int mss) {
        bytesAcked += acked;
        if (bytesAcked < cwnd) {
            return 0;
        }
        bytesAcked -= cwnd;
        return mss;
    }

    /** The window has changed otherwise. */
    void restart() {
        bytesAcked = 0;
    }
}
