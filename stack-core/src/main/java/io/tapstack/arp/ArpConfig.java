package io.tapstack.arp;

import io.tapstack.neighbor.NeighborConfig;

/**
 * The parameters of ARP.
 *
 * @param neighbors those of the neighbour cache
 * @param probeAddress probe for another host with our address before using it (RFC 5227 2.1); takes four to seven
 *     seconds
 * @param speaksForAddress answer requests for our address, announce and defend it; false if another stack on the same
 *     link, with the same addresses, does
 */
public record ArpConfig(NeighborConfig neighbors, boolean probeAddress, boolean speaksForAddress) {

    public static final ArpConfig DEFAULT = new ArpConfig(NeighborConfig.DEFAULT, false, true);

    /** The same parameters, with or without probing for our own address at the start. */
    public ArpConfig withProbeAddress(final boolean probe) {
        return new ArpConfig(neighbors, probe, speaksForAddress);
    }

    /** The same parameters, for a stack whose address another stack announces. */
    public ArpConfig silent() {
        return new ArpConfig(neighbors, probeAddress, false);
    }
}
