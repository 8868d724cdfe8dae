package io.tapstack.ip.v4;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IcmpReporter;
import io.tapstack.ip.ReceivedPacket;

/**
 * Sends an ICMP error about a packet, for IPv4 and the transports. The ICMP layer implements it, applies the rules of
 * RFC 1122 3.2.2 (never about an ICMP error, a broadcast, a fragment that is not the first, an invalid source) and the
 * rate limit of RFC 1812 4.3.2.8, and quotes the packet. The packet is borrowed; its IP header must still be in its
 * memory at {@link ReceivedPacket#headerOffset()}.
 */
public interface Ipv4Reporter extends IcmpReporter {

    /** Type 3, code 2. */
    void protocolUnreachable(PacketBuffer packet, ReceivedPacket info, long nowNanos);

    /** Type 11, code 1, about the first fragment of a packet that was never completed (RFC 1122 3.3.2). */
    void reassemblyTimeExceeded(PacketBuffer firstFragment, ReceivedPacket info, long nowNanos);

    /** Type 12, code 0; {@code pointer} is the offset of the bad byte in the IP header. */
    void parameterProblem(PacketBuffer packet, ReceivedPacket info, int pointer, long nowNanos);
}
