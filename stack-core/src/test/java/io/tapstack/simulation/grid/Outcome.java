package io.tapstack.simulation.grid;

/**
 * The result of a {@link BulkRun}.
 *
 * @param bytes payload that arrived, of all flows
 * @param nanos time until then
 * @param bytesRetransmitted retransmitted payload
 * @param retransmitted retransmitted segments
 * @param timeouts expiries of the retransmission timer
 * @param recoveries starts of fast recovery
 * @param lost frames to the receiver that were lost
 * @param fairness Jain's index of the flows' shares in the second half
 */
record Outcome(
        long bytes,
        long nanos,
        long bytesRetransmitted,
        long retransmitted,
        long timeouts,
        long recoveries,
        long lost,
        double fairness) {

    private static final double BITS_PER_BYTE = 8;
    private static final double NANOS_PER_MICRO = 1e3;

    double megabitsPerSecond() {
        return bytes * BITS_PER_BYTE / (nanos / NANOS_PER_MICRO);
    }

    /** The share of sent payload that arrived. */
    double goodput() {
        return (double) bytes / (bytes + bytesRetransmitted);
    }

    /** Jain's index: 1 if all shares are equal, 1 / n if one flow has all. */
    static double jain(final long... shares) {
        double sum = 0;
        double squares = 0;
        for (final long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? 1 : sum * sum / (shares.length * squares);
    }
}
