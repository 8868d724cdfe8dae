package io.tapstack.ndp;

import io.tapstack.neighbor.NeighborConfig;

/**
 * The parameters of Neighbor Discovery and of the addresses that a host makes.
 *
 * @param neighbors those of the neighbour cache
 * @param duplicateProbes solicitations that look for another host with an address before its use (RFC 4862 5.1,
 *     DupAddrDetectTransmits); 0 for none
 * @param linkLocal make a link-local address at the start (RFC 4862 5.3)
 * @param acceptRouters solicit routers, and learn routes, prefixes and parameters from them
 * @param autoconfigure make addresses from the prefixes of routers (RFC 4862 5.5)
 * @param temporaryAddresses make temporary addresses too (RFC 8981)
 * @param speaksForAddress answer solicitations for our addresses, check them for duplicates, solicit routers; false if
 *     another stack on the same link, with the same addresses, does
 * @param limits the sizes of the tables
 */
public record NdpConfig(
        NeighborConfig neighbors,
        int duplicateProbes,
        boolean linkLocal,
        boolean acceptRouters,
        boolean autoconfigure,
        boolean temporaryAddresses,
        boolean speaksForAddress,
        Limits limits) {

    /** A host that configures itself; without temporary addresses. */
    public static final NdpConfig DEFAULT =
            new NdpConfig(NeighborConfig.DEFAULT, 1, true, true, true, false, true, Limits.DEFAULT);

    /**
     * The most entries that routers can make a host keep (RFC 6583 6). What does not fit is counted and dropped.
     *
     * @param routes default routers and routes of RFC 4191 together
     * @param prefixes prefixes on the link
     * @param addresses addresses made from prefixes
     * @param redirects destinations with a better first hop
     * @param dnsEntries DNS servers, and as many search domains
     */
    public record Limits(int routes, int prefixes, int addresses, int redirects, int dnsEntries) {

        public static final Limits DEFAULT = new Limits(32, 32, 16, 64, 8);
    }

    /** The same parameters, with another number of probes for a duplicate. */
    public NdpConfig withDuplicateProbes(final int probes) {
        return new NdpConfig(
                neighbors,
                probes,
                linkLocal,
                acceptRouters,
                autoconfigure,
                temporaryAddresses,
                speaksForAddress,
                limits);
    }

    /** The same parameters, with or without routers. */
    public NdpConfig withRouters(final boolean accept) {
        return new NdpConfig(
                neighbors,
                duplicateProbes,
                linkLocal,
                accept,
                autoconfigure,
                temporaryAddresses,
                speaksForAddress,
                limits);
    }

    /** The same parameters, with or without addresses from the prefixes of routers. */
    public NdpConfig withAutoconfiguration(final boolean make) {
        return new NdpConfig(
                neighbors,
                duplicateProbes,
                linkLocal,
                acceptRouters,
                make,
                temporaryAddresses,
                speaksForAddress,
                limits);
    }

    /** The same parameters, with or without temporary addresses. */
    public NdpConfig withTemporaryAddresses(final boolean make) {
        return new NdpConfig(
                neighbors, duplicateProbes, linkLocal, acceptRouters, autoconfigure, make, speaksForAddress, limits);
    }

    /** The same parameters, for a stack whose addresses another stack announces. */
    public NdpConfig silent() {
        return new NdpConfig(neighbors, duplicateProbes, linkLocal, acceptRouters, autoconfigure, false, false, limits);
    }
}
