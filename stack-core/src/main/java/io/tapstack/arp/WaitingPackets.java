package io.tapstack.arp;

import io.tapstack.buffer.PacketBuffer;

/** Whoever handed in packets that wait for a neighbour: IPv4. */
public interface WaitingPackets {

    /** The neighbour's address is known: the packet can go, and is the callee's. */
    void resolved(PacketBuffer packet, Neighbor neighbor);

    /** The neighbour does not answer. The packet is only borrowed; it is dropped after the call. */
    void unresolved(PacketBuffer packet, long nowNanos);
}
