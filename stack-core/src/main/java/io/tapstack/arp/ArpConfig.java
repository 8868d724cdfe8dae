package io.tapstack.arp;

/**
 * The numbers of address resolution. Times are in nanoseconds, the defaults those of RFC 4861 10 where it has one.
 *
 * @param maxNeighbors entries in the cache
 * @param requestIntervalNanos between two requests for one address (RFC 1122 2.3.2.1: at most one a second)
 * @param maxRequests how often one address is asked for before it has failed
 * @param reachableNanos how long a confirmation counts, on average
 * @param delayNanos how long a transport has to confirm a stale address before it is probed
 * @param staleNanos how long an address is kept that nobody uses
 * @param holdOffNanos how long a neighbour that does not answer is not asked again
 * @param maxPendingPackets packets that wait for one neighbour
 * @param maxPendingBytes bytes that wait for one neighbour
 * @param probeAddress look whether somebody else has our address before using it (RFC 5227 2.1); takes four to seven
 *     seconds
 * @param speaksForAddress answer those who ask for our address, announce and defend it; false if another stack on the
 *     same link, with the same addresses, does
 */
public record ArpConfig(
        int maxNeighbors,
        long requestIntervalNanos,
        int maxRequests,
        long reachableNanos,
        long delayNanos,
        long staleNanos,
        long holdOffNanos,
        int maxPendingPackets,
        int maxPendingBytes,
        boolean probeAddress,
        boolean speaksForAddress) {

    private static final long SECOND = 1_000_000_000L;

    public static final ArpConfig DEFAULT = new ArpConfig(
            512, SECOND, 3, 30 * SECOND, 5 * SECOND, 20 * 60 * SECOND, 3 * SECOND, 16, 3 * 65_536, false, true);

    /** The same numbers, with or without probing for our own address at the start. */
    public ArpConfig withProbeAddress(final boolean probe) {
        return with(probe, speaksForAddress);
    }

    /** The same numbers, for a stack whose address another one speaks for. */
    public ArpConfig silent() {
        return with(probeAddress, false);
    }

    private ArpConfig with(final boolean probe, final boolean speaks) {
        return new ArpConfig(
                maxNeighbors,
                requestIntervalNanos,
                maxRequests,
                reachableNanos,
                delayNanos,
                staleNanos,
                holdOffNanos,
                maxPendingPackets,
                maxPendingBytes,
                probe,
                speaks);
    }
}
