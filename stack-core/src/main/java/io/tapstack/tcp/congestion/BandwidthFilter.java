package io.tapstack.tcp.congestion;

/**
 * max_bw (draft-ietf-ccwg-bbr 5.5.2 to 5.5.6): the largest delivery rate, in bytes a second, of this bandwidth-probing
 * cycle and the one before.
 */
final class BandwidthFilter {

    private long previousCycle;
    private long thisCycle;

    /** A delivery rate was measured. */
    void update(final long bytesPerSecond) {
        thisCycle = Math.max(thisCycle, bytesPerSecond);
    }

    /** A cycle is over. One without a measurement is none. */
    void advance() {
        if (thisCycle > 0) {
            previousCycle = thisCycle;
            thisCycle = 0;
        }
    }

    long max() {
        return Math.max(previousCycle, thisCycle);
    }
}
