package io.tapstack.ip.v6;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IcmpReporter;
import io.tapstack.ip.ReceivedPacket;

/**
 * Sends an ICMPv6 error about a packet, for IPv6 and the transports. ICMPv6 implements it, applies the rules of RFC
 * 4443 2.4 (e) and its rate limit (f), and quotes the packet. The packet is borrowed; its IP header must still be in
 * its memory at {@link ReceivedPacket#headerOffset()}.
 */
public interface Ipv6Reporter extends IcmpReporter {

    /** Type 3, code 1, about the first fragment of a packet that was never completed (RFC 8200 4.5). */
    void reassemblyTimeExceeded(PacketBuffer firstFragment, ReceivedPacket info, long nowNanos);

    /**
     * Type 4.
     *
     * @param pointer the offset of the bad byte from the IP header
     * @param multicastToo true if a packet to a group is reported as well (RFC 4443 2.4 e.3)
     */
    void parameterProblem(
            PacketBuffer packet, ReceivedPacket info, int code, int pointer, boolean multicastToo, long nowNanos);
}
