package io.tapstack.neighbor;

/** Requests link addresses: ARP for IPv4 (RFC 826), Neighbor Discovery for IPv6 (RFC 4861). */
@FunctionalInterface
public interface Solicitor {

    /** Requests {@code neighbor}'s link address: by unicast if it is in {@link NeighborState#PROBE}, else from all. */
    void solicit(Neighbor neighbor);
}
