package io.tapstack.neighbor;

import io.tapstack.buffer.PacketBuffer;

/** Takes back the packets that waited for a neighbour; the Internet layer implements it. */
public interface WaitingPackets {

    /** The neighbour's address is known: the callee owns the packet and sends it. */
    void resolved(PacketBuffer packet, Neighbor neighbor);

    /** The neighbour does not answer. The packet is borrowed; it is dropped after the call. */
    void unresolved(PacketBuffer packet, long nowNanos);
}
