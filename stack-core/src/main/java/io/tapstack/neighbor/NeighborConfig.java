package io.tapstack.neighbor;

/**
 * The parameters of a {@link NeighborCache}. Times are in nanoseconds; defaults are those of RFC 4861 10 where it has
 * one.
 *
 * @param maxNeighbors entries in the cache
 * @param requestIntervalNanos between two requests for one address (RFC 1122 2.3.2.1: at most one a second)
 * @param maxRequests requests for one address before it has failed
 * @param reachableNanos lifetime of a confirmation, on average
 * @param delayNanos time for a transport to confirm a stale address before it is probed
 * @param staleNanos lifetime of an unused address
 * @param holdOffNanos time without requests after a neighbour did not answer
 * @param maxPendingPackets packets that wait for one neighbour
 * @param maxPendingBytes bytes that wait for one neighbour
 */
public record NeighborConfig(
        int maxNeighbors,
        long requestIntervalNanos,
        int maxRequests,
        long reachableNanos,
        long delayNanos,
        long staleNanos,
        long holdOffNanos,
        int maxPendingPackets,
        int maxPendingBytes) {

    private static final long SECOND = 1_000_000_000L;

    public static final NeighborConfig DEFAULT =
            new NeighborConfig(512, SECOND, 3, 30 * SECOND, 5 * SECOND, 20 * 60 * SECOND, 3 * SECOND, 16, 3 * 65_536);
}
