package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * The Internet layer's facts about a received packet, for a transport. One mutable object, filled anew for every
 * packet: valid during the call only.
 */
public final class ReceivedPacket {

    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private boolean ipv4;
    private int protocol;
    private int trafficClass;
    private int timeToLive;
    private boolean unicast;
    private int headerOffset;
    private boolean reassembled;
    private int icmpType;
    private int icmpCode;
    private int icmpInfo;
    private int reporter;

    /**
     * Fills in the facts of an IPv4 packet; {@code headerOffset} is the offset of its IP header in the packet's memory.
     */
    public void setIpv4(
            final int source,
            final int destination,
            final int protocol,
            final int trafficClass,
            final int timeToLive,
            final boolean unicast,
            final int headerOffset) {
        this.sourceHigh = 0;
        this.sourceLow = source & 0xFFFF_FFFFL;
        this.destinationHigh = 0;
        this.destinationLow = destination & 0xFFFF_FFFFL;
        this.ipv4 = true;
        this.protocol = protocol;
        this.trafficClass = trafficClass;
        this.timeToLive = timeToLive;
        this.unicast = unicast;
        this.headerOffset = headerOffset;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** The sender; allocates. */
    public IpAddress source() {
        return ipv4 ? IpAddress.ipv4((int) sourceLow) : IpAddress.ipv6(sourceHigh, sourceLow);
    }

    /** The receiver; allocates. */
    public IpAddress destination() {
        return ipv4 ? IpAddress.ipv4((int) destinationLow) : IpAddress.ipv6(destinationHigh, destinationLow);
    }

    public int protocol() {
        return protocol;
    }

    /** DSCP and ECN bits. */
    public int trafficClass() {
        return trafficClass;
    }

    public int timeToLive() {
        return timeToLive;
    }

    /** False if the packet came to a broadcast or multicast address, of IP or of the link. */
    public boolean isUnicast() {
        return unicast;
    }

    /** True if it arrived in fragments, whose ports no device could read. */
    public boolean isReassembled() {
        return reassembled;
    }

    void reassembled(final boolean now) {
        this.reassembled = now;
    }

    /**
     * Fills in the facts of an ICMP error, for the packet that it quotes.
     *
     * @param info the next hop's MTU, or the pointer of a parameter problem, as in the message
     * @param reporter the sender of the message
     */
    public void icmpError(final int type, final int code, final int info, final int reporter) {
        this.icmpType = type;
        this.icmpCode = code;
        this.icmpInfo = info;
        this.reporter = reporter;
    }

    /** The type of the ICMP error that quotes this packet. */
    public int icmpType() {
        return icmpType;
    }

    /** The code of the ICMP error that quotes this packet. */
    public int icmpCode() {
        return icmpCode;
    }

    /** The next hop's MTU, or the pointer of a parameter problem, as in the ICMP error; else 0. */
    public int icmpInfo() {
        return icmpInfo;
    }

    /** The sender of the ICMP error that quotes this packet; allocates. */
    public IpAddress reporter() {
        return IpAddress.ipv4(reporter);
    }

    /** The offset of the IP header in the packet's memory; an ICMP error quotes from there. */
    public int headerOffset() {
        return headerOffset;
    }

    /** The sum of the pseudo-header without the length, for checking a transport checksum. */
    public long pseudoHeaderSum() {
        return half(sourceHigh) + half(sourceLow) + half(destinationHigh) + half(destinationLow) + protocol;
    }

    private static long half(final long bits) {
        return (bits >>> 32) + (bits & 0xFFFF_FFFFL);
    }
}
