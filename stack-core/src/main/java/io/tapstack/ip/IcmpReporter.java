package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;

/**
 * Sends an ICMP error about a packet, for a transport. The ICMP of the packet's version decides whether the error may
 * be sent, limits the rate and quotes the packet. The packet is borrowed; its IP header must still be in its memory at
 * {@link ReceivedPacket#headerOffset()}.
 */
public interface IcmpReporter {

    /** Type 3, code 3; of ICMPv6 type 1, code 4. */
    void portUnreachable(PacketBuffer packet, ReceivedPacket info, long nowNanos);
}
