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
    private int protocol;
    private int trafficClass;
    private int hopLimit;
    private boolean unicast;
    private int headerOffset;
    private boolean reassembled;
    private int icmpType;
    private int icmpCode;
    private int icmpInfo;
    private long reporterHigh;
    private long reporterLow;

    /**
     * Fills in the facts of a packet. Its addresses are in halves, as {@link IpAddress} has them; {@code headerOffset}
     * is the offset of its IP header in the packet's memory.
     */
    public void set(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int protocol,
            final int trafficClass,
            final int hopLimit,
            final boolean unicast,
            final int headerOffset) {
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
        this.protocol = protocol;
        this.trafficClass = trafficClass;
        this.hopLimit = hopLimit;
        this.unicast = unicast;
        this.headerOffset = headerOffset;
    }

    /** True for a packet of IPv4. */
    public boolean isIpv4() {
        return IpAddress.isIpv4(sourceHigh, sourceLow);
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
        return IpAddress.ipv6(sourceHigh, sourceLow);
    }

    /** The receiver; allocates. */
    public IpAddress destination() {
        return IpAddress.ipv6(destinationHigh, destinationLow);
    }

    public int protocol() {
        return protocol;
    }

    /** Sets the protocol, when it is known later than the rest: behind extension headers. */
    public void protocol(final int number) {
        this.protocol = number;
    }

    /** DSCP and ECN field. */
    public int trafficClass() {
        return trafficClass;
    }

    /** The hop limit, or the time to live of IPv4. */
    public int hopLimit() {
        return hopLimit;
    }

    /** False if the packet came to a broadcast or multicast address, of IP or of the link. */
    public boolean isUnicast() {
        return unicast;
    }

    /** True if it arrived in fragments, whose ports no device could read. */
    public boolean isReassembled() {
        return reassembled;
    }

    /** Sets {@link #isReassembled()}. */
    public void reassembled(final boolean now) {
        this.reassembled = now;
    }

    /**
     * Fills in the facts of an ICMP error, for the packet that it quotes.
     *
     * @param info the next hop's MTU, or the pointer of a parameter problem, as in the message
     * @param message the packet with the message, whose sender is the reporter
     */
    public void icmpError(final int type, final int code, final int info, final ReceivedPacket message) {
        this.icmpType = type;
        this.icmpCode = code;
        this.icmpInfo = info;
        this.reporterHigh = message.sourceHigh;
        this.reporterLow = message.sourceLow;
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
        return IpAddress.ipv6(reporterHigh, reporterLow);
    }

    /**
     * True if a transport may leave its checksum out, as UDP may over IPv4 (RFC 768) and not over IPv6 (RFC 8200 8.1).
     */
    public boolean isChecksumOptional() {
        return isIpv4();
    }

    /** The offset of the IP header in the packet's memory; an ICMP error quotes from there. */
    public int headerOffset() {
        return headerOffset;
    }

    /** The sum of the pseudo-header without the length, for checking a transport checksum. */
    public long pseudoHeaderSum() {
        return IpAddress.checksumPart(sourceHigh, sourceLow)
                + IpAddress.checksumPart(destinationHigh, destinationLow)
                + protocol;
    }
}
