package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.IpAddress;

/**
 * The way from one of our addresses to one destination: all that a transport needs to know of the Internet layer. A
 * transport asks for a path once for a connection and keeps it; route changes and neighbour changes happen behind it.
 * There is one implementation for each IP version.
 *
 * <p>Confined to whoever runs the stack.
 */
public interface IpPath {

    /** Our address. */
    IpAddress source();

    IpAddress destination();

    /** Largest IP packet in bytes, headers included, that can go this way as far as is known now. */
    int mtu();

    /**
     * Largest IP packet in bytes that the link takes with which the path starts; what lies behind it does not count.
     */
    int linkMtu();

    /** Bytes of IP header in front of a transport header, without options: 20 for IPv4, 40 for IPv6. */
    int ipHeaderLength();

    /** Headroom that a packet needs in front of its transport header so that the layers below fit. */
    int headroom();

    /** True if the device finishes the transport checksum: the transport stores the pseudo-header's sum and asks. */
    boolean checksumOffload();

    /** Largest IP packet that the device cuts into segments by itself, or 0 if it cuts nothing. */
    int maxSegmentOffload();

    /** True if source and destination are on the same link. */
    boolean isOnLink();

    /**
     * Sends a packet that starts with the transport header. Takes the packet, whatever the answer.
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
     * The transport knows that the neighbour is alive: it has acknowledged something new (RFC 1122 2.3.2.1 advice from
     * above; RFC 4861 7.3.1 for IPv6). Cheap enough to call for every such ACK.
     */
    void confirmReachable();

    /**
     * The transport has sent the same thing again several times without an answer: the neighbour may be the reason (RFC
     * 1122 3.3.1.4 and 4.2.3.5, negative advice). What is known of it is checked at once.
     */
    void suspectUnreachable();

    /**
     * A "fragmentation needed" message says that packets to the destination must not be larger than {@code bytes}. The
     * transport calls this once it knows that the message is about a packet of its own (RFC 5927 7.2: anybody can forge
     * one), and finds the new {@link #mtu()} right after.
     */
    void reduceMtu(int bytes);
}
