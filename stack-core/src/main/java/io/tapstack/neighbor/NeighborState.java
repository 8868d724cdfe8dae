package io.tapstack.neighbor;

/** The state of a neighbour: the states of RFC 4861 7.3.2, for ARP too. */
public enum NeighborState {
    /** A request was sent and not answered yet: packets wait. */
    INCOMPLETE,
    /** It answered, or a transport heard from it, a short time ago. */
    REACHABLE,
    /** The address is known but not confirmed lately; the next packet starts {@link #DELAY}. */
    STALE,
    /** A packet was sent to a stale address: a transport has a few seconds to confirm it. */
    DELAY,
    /** It is being probed, by unicast (RFC 1122 2.3.2.1 (2)). */
    PROBE,
    /** It does not answer. */
    FAILED,
    /** Its address follows from its IP address and never changes: broadcast and multicast. */
    PERMANENT,
    /** No longer in the cache: a path that still refers to it must look it up again. */
    EVICTED
}
