package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;

/** The receiver of packets and errors from the Internet layer: TCP, UDP, ICMP. */
public interface TransportProtocol {

    /**
     * Receives a packet, whole (reassembled if need be), its head at the transport header. The callee owns it and
     * releases it.
     *
     * @param info valid during the call only
     * @param nowNanos the stack's time
     */
    void receive(PacketBuffer packet, ReceivedPacket info, long nowNanos);

    /**
     * Receives an ICMP error about a packet that this protocol sent (RFC 1122 4.2.3.9, RFC 5927).
     *
     * @param error the kind of error
     * @param mtu the next hop's MTU for {@link IcmpError#FRAGMENTATION_NEEDED}, else 0
     * @param quoted the ICMP packet; borrowed. Its head is at the quoted transport header, of which at least 8 bytes
     *     are there
     * @param info the quoted packet's addresses: source is ours, destination the peer's; valid during the call only
     */
    void icmpError(IcmpError error, int mtu, PacketBuffer quoted, ReceivedPacket info, long nowNanos);
}
