package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.VlanTag;
import java.nio.ByteBuffer;

/**
 * Tells which of several stacks that share an address owns a received frame:
 *
 * <ul>
 *   <li>a TCP segment, and an ICMP error about one: the stack of the connection, by {@link FlowSteering};
 *   <li>ARP and Neighbor Discovery: every stack, as each has a neighbour cache;
 *   <li>the rest that is sound, such as UDP, ICMP queries and fragments, which have no ports: the first stack;
 *   <li>a frame that is not sound: the stack that received it, which drops it.
 * </ul>
 *
 * It only looks at the frame; the stack checks it.
 */
final class FrameClassifier {

    /** Every stack gets a copy. */
    static final int ALL_STACKS = -1;

    /** The stack that received the frame keeps it. */
    static final int ANY_STACK = -2;

    private static final int FIRST = 0;

    /** The ports are the first four bytes of a TCP header. */
    private static final int PORTS = 4;

    private final boolean ethernet;
    private final FlowSteering steering;

    FrameClassifier(final LinkType type, final FlowSteering steering) {
        this.ethernet = type == LinkType.ETHERNET;
        this.steering = steering;
    }

    /** The queue of the stack that owns the frame, {@link #ALL_STACKS} or {@link #ANY_STACK}. */
    int owner(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int end = frame.tail();
        int ip = frame.head();
        if (!ethernet) {
            final boolean isIpv6 = end > ip && Ipv6Header.version(bytes, ip) == 6;
            return isIpv6 ? ipv6(bytes, ip, end) : ipv4(bytes, ip, end);
        }
        if (frame.contiguousLength() < EthernetHeader.LENGTH) {
            return ANY_STACK;
        }
        final int typeAt = VlanTag.skipPriority(bytes, ip, end);
        ip = typeAt + Short.BYTES;
        return switch (VlanTag.typeAt(bytes, typeAt)) {
            case EthernetHeader.TYPE_IPV4 -> ipv4(bytes, ip, end);
            case EthernetHeader.TYPE_IPV6 -> ipv6(bytes, ip, end);
            case EthernetHeader.TYPE_ARP -> ALL_STACKS;
            default -> ANY_STACK;
        };
    }

    private int ipv4(final ByteBuffer bytes, final int ip, final int end) {
        final int transport = payload(bytes, ip, end);
        if (transport < 0) {
            return ANY_STACK;
        }
        if (Ipv4Header.isFragment(Ipv4Header.fragment(bytes, ip))) {
            return FIRST;
        }
        return switch (Ipv4Header.protocol(bytes, ip)) {
            case IpProtocol.TCP -> segment(bytes, ip, transport, end);
            case IpProtocol.ICMP -> icmp(bytes, transport, end);
            default -> FIRST;
        };
    }

    private int ipv6(final ByteBuffer bytes, final int ip, final int end) {
        final long upperLayer = upperLayer(bytes, ip, end);
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND) {
            return ANY_STACK;
        }
        final int transport = Ipv6ExtensionHeader.offset(upperLayer);
        return switch (Ipv6ExtensionHeader.protocol(upperLayer)) {
            case IpProtocol.TCP -> segment(bytes, ip, transport, end);
            case IpProtocol.ICMPV6 -> icmpv6(bytes, transport, end);
            // Fragments among them.
            default -> FIRST;
        };
    }

    /** As {@link Ipv6ExtensionHeader#upperLayer}, for the packet at {@code ip}, if there is one. */
    private static long upperLayer(final ByteBuffer bytes, final int ip, final int end) {
        return end - ip < Ipv6Header.LENGTH || Ipv6Header.version(bytes, ip) != 6
                ? Ipv6ExtensionHeader.NOT_FOUND
                : Ipv6ExtensionHeader.upperLayer(bytes, Ipv6Header.nextHeader(bytes, ip), ip + Ipv6Header.LENGTH, end);
    }

    /** The offset of the payload of an IPv4 packet that ends before {@code end}, or -1 without a whole header. */
    private static int payload(final ByteBuffer bytes, final int ip, final int end) {
        if (end - ip < Ipv4Header.LENGTH || Ipv4Header.version(bytes, ip) != 4) {
            return -1;
        }
        final int headerLength = Ipv4Header.headerLength(bytes, ip);
        return headerLength < Ipv4Header.LENGTH || headerLength > end - ip ? -1 : ip + headerLength;
    }

    /**
     * The owner of a TCP segment, with its IP header at {@code ip} and its own at {@code tcp}; {@link #ANY_STACK} if it
     * has no ports.
     */
    int segment(final ByteBuffer bytes, final int ip, final int tcp, final int end) {
        if (end - tcp < PORTS) {
            return ANY_STACK;
        }
        final int sourcePort = bytes.getShort(tcp + TcpHeader.SOURCE_PORT_OFFSET) & 0xFFFF;
        final int destinationPort = bytes.getShort(tcp + TcpHeader.DESTINATION_PORT_OFFSET) & 0xFFFF;
        if (Ipv6Header.version(bytes, ip) == 6) {
            return steering.queue(
                    Ipv6Header.sourceHigh(bytes, ip),
                    Ipv6Header.sourceLow(bytes, ip),
                    sourcePort,
                    Ipv6Header.destinationHigh(bytes, ip),
                    Ipv6Header.destinationLow(bytes, ip),
                    destinationPort);
        }
        return steering.queue(
                0,
                IpAddress.ipv4Low(Ipv4Header.source(bytes, ip)),
                sourcePort,
                0,
                IpAddress.ipv4Low(Ipv4Header.destination(bytes, ip)),
                destinationPort);
    }

    /** An error quotes the start of the packet that caused it (RFC 792); of fragments only the first has ports. */
    private int icmp(final ByteBuffer bytes, final int icmp, final int end) {
        if (end - icmp < IcmpHeader.LENGTH || IcmpHeader.isQuery(IcmpHeader.type(bytes, icmp))) {
            return FIRST;
        }
        final int quoted = icmp + IcmpHeader.LENGTH;
        final int transport = payload(bytes, quoted, end);
        if (transport < 0
                || Ipv4Header.protocol(bytes, quoted) != IpProtocol.TCP
                || Ipv4Header.fragmentOffset(Ipv4Header.fragment(bytes, quoted)) != 0) {
            return FIRST;
        }
        final int owner = segment(bytes, quoted, transport, end);
        return owner == ANY_STACK ? FIRST : owner;
    }

    /** As {@link #icmp}. */
    private int icmpv6(final ByteBuffer bytes, final int icmp, final int end) {
        if (end - icmp < Icmpv6Header.LENGTH) {
            return FIRST;
        }
        final int type = Icmpv6Header.type(bytes, icmp);
        if (type >= Icmpv6Header.ROUTER_SOLICITATION && type <= Icmpv6Header.REDIRECT) {
            return ALL_STACKS;
        }
        final int quoted = icmp + Icmpv6Header.LENGTH;
        final long upperLayer =
                Icmpv6Header.isError(type) ? upperLayer(bytes, quoted, end) : Ipv6ExtensionHeader.NOT_FOUND;
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND || Ipv6ExtensionHeader.protocol(upperLayer) != IpProtocol.TCP) {
            return FIRST;
        }
        final int owner = segment(bytes, quoted, Ipv6ExtensionHeader.offset(upperLayer), end);
        return owner == ANY_STACK ? FIRST : owner;
    }
}
