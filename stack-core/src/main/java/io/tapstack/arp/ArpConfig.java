package io.tapstack.arp;

/**
 * The parameters of address resolution. Times are in nanoseconds; defaults are those of RFC 4861 10 where it has one.
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
 * @param probeAddress probe for another host with our address before using it (RFC 5227 2.1); takes four to seven
 *     seconds
 * @param speaksForAddress answer requests for our address, announce and defend it; false if another stack on the same
 *     link, with the same addresses, does
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

    /** The same parameters, with or without probing for our own address at the start. */
    public ArpConfig withProbeAddress(final boolean probe) {
        return with(probe, speaksForAddress);
    }

    /** The same parameters, for a stack whose address another stack announces. */
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
