package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.IpAddress;

/**
 * The path from one of our addresses to one destination, which is all that a transport sees of the Internet layer. A
 * transport asks for the path once per connection and keeps it; the path follows changes of routes and neighbours. Each
 * IP version has an implementation.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public interface IpPath {

    /** Our address. */
    IpAddress source();

    IpAddress destination();

    /** The path MTU as far as it is known: the largest IP packet in bytes, headers included. */
    int mtu();

    /** The MTU of the first link of the path, in bytes. */
    int linkMtu();

    /**
     * The packet that is assumed to reach any host, in bytes: 576 for IPv4 (RFC 1122 3.3.3), 1,280 for IPv6 (RFC 8200
     * 5).
     */
    int assumedMtu();

    /** The MTU that every link has, in bytes: 68 for IPv4 (RFC 791 3.2), 1,280 for IPv6 (RFC 8200 5). */
    int leastMtu();

    /** Largest transport packet in bytes, as the length fields of the header allow. */
    int maxPayload();

    /** Bytes of IP header in front of a transport header, without options: 20 for IPv4, 40 for IPv6. */
    int ipHeaderLength();

    /** Headroom in front of the transport header for the headers of the layers below. */
    int headroom();

    /**
     * True if the device computes the transport checksum: the transport stores the pseudo-header's sum and requests it.
     */
    boolean checksumOffload();

    /** Largest IP packet that the device cuts into segments by itself, or 0 if it cuts nothing. */
    int maxSegmentOffload();

    /** True if source and destination are on the same link. */
    boolean isOnLink();

    /**
     * Sends a packet that starts with the transport header. Takes the packet, also when it fails.
     *
     * @param protocol see {@link io.tapstack.wire.IpProtocol}
     * @param trafficClass DSCP and ECN bits
     * @param timeToLive 1 to 255
     * @param policy whether it may be fragmented, here and on the way
     */
    SendStatus send(PacketBuffer packet, int protocol, int trafficClass, int timeToLive, PathMtuPolicy policy);

    /** The same, {@link PathMtuPolicy#DO} or {@link PathMtuPolicy#DONT}. */
    default SendStatus send(
            final PacketBuffer packet,
            final int protocol,
            final int trafficClass,
            final int timeToLive,
            final boolean dontFragment) {
        return send(packet, protocol, trafficClass, timeToLive, dontFragment ? PathMtuPolicy.DO : PathMtuPolicy.DONT);
    }

    /**
     * The neighbour is alive, as the peer has acknowledged new data (RFC 1122 2.3.2.1 advice from above; RFC 4861 7.3.1
     * for IPv6). Cheap enough to call for every such ACK.
     */
    void confirmReachable();

    /**
     * The transport has repeated a segment several times without an answer, and the neighbour may be the reason (RFC
     * 1122 3.3.1.4 and 4.2.3.5, negative advice). The neighbour is probed at once.
     */
    void suspectUnreachable();

    /**
     * Reduces the path MTU after a "fragmentation needed" or "packet too big" message. The transport calls this once it
     * knows that the message is about a packet of its own (RFC 5927 7.2: such a message is easily forged), and reads
     * the new {@link #mtu()} at once.
     */
    void reduceMtu(int bytes);
}
