package io.tapstack.simulation.grid;

/**
 * What a {@link BulkRun} has come to.
 *
 * @param bytes payload that has arrived, of all flows
 * @param nanos in which time
 * @param bytesRetransmitted payload that was sent again
 * @param retransmitted segments that were sent again
 * @param timeouts how often the retransmission timer expired
 * @param recoveries how often fast recovery began
 * @param lost frames to the receiver that were lost
 * @param fairness Jain's index of what the flows got in the second half
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

    /** What has arrived, of all payload that was sent. */
    double goodput() {
        return (double) bytes / (bytes + bytesRetransmitted);
    }

    /** Jain's index: 1 if all have the same, 1 / n if one has all. */
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
