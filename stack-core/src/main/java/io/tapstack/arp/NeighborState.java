package io.tapstack.arp;

/** What is known about a neighbour: the states of RFC 4861 7.3.2, applied to ARP. */
public enum NeighborState {
    /** Asked for, not answered yet: packets wait. */
    INCOMPLETE,
    /** It answered, or a transport heard from it, a short while ago. */
    REACHABLE,
    /** The address is known but not confirmed lately; the next packet starts {@link #DELAY}. */
    STALE,
    /** A packet went out to a stale address: a transport has a few seconds to confirm it. */
    DELAY,
    /** It is being asked again, by unicast (RFC 1122 2.3.2.1 (2)). */
    PROBE,
    /** It does not answer. */
    FAILED,
    /** Its address follows from its IP address and never changes: broadcast and multicast. */
    PERMANENT,
    /** No longer in the cache: whoever still refers to it has to ask the cache again. */
    EVICTED
}
