package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;

/** What the Internet layer hands packets and errors to: TCP, UDP, ICMP. */
public interface TransportProtocol {

    /**
     * A packet has come, whole (reassembled if need be), its head at the transport header. The callee owns it now and
     * releases it.
     *
     * @param info valid during the call only
     * @param nowNanos the stack's time
     */
    void receive(PacketBuffer packet, ReceivedPacket info, long nowNanos);

    /**
     * An ICMP error has come about a packet that this protocol sent (RFC 1122 4.2.3.9, RFC 5927).
     *
     * @param error what kind
     * @param mtu the next hop's MTU for {@link IcmpError#FRAGMENTATION_NEEDED}, else 0
     * @param quoted the ICMP packet; borrowed. Its head is at the quoted transport header, of which at least 8 bytes
     *     are there
     * @param info the quoted packet's addresses: source is ours, destination the peer's; valid during the call only
     */
    void icmpError(IcmpError error, int mtu, PacketBuffer quoted, ReceivedPacket info, long nowNanos);
}
