package io.tapstack.neighbor;

/** Requests link addresses: ARP for IPv4 (RFC 826). */
@FunctionalInterface
public interface Solicitor {

    /** Requests {@code neighbor}'s link address: by unicast if it is in {@link NeighborState#PROBE}, else from all. */
    void solicit(Neighbor neighbor);
}
