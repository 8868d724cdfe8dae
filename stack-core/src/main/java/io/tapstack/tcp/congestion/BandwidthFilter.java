package io.tapstack.tcp.congestion;

/**
 * max_bw (draft-ietf-ccwg-bbr 5.5.2 to 5.5.6): the largest delivery rate of this and the previous bandwidth-probing
 * cycle, in bytes per second.
 */
final class BandwidthFilter {

    private long previousCycle;
    private long thisCycle;

    /** Adds a delivery rate sample. */
    void update(final long bytesPerSecond) {
        thisCycle = Math.max(thisCycle, bytesPerSecond);
    }

    /** Ends a cycle; a cycle without a sample does not count. */
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
