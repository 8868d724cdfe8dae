package io.tapstack.icmp.v6;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Handles received ICMPv6 errors: finds the packet of ours that one is about and tells the transport (RFC 4443 2.4 d).
 * An error is easily forged, so the transport decides whether the quoted header is one of its own (RFC 5927).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Icmpv6ErrorReceiver {

    /** Bytes of the transport header that must be quoted: the ports, and the sequence number of TCP. */
    private static final int QUOTED_TRANSPORT = 8;

    private final Ipv6Protocol ipv6;
    private final ReceivedPacket quoted = new ReceivedPacket();

    Icmpv6ErrorReceiver(final Ipv6Protocol ipv6) {
        this.ipv6 = ipv6;
    }

    /**
     * Handles a message with a correct checksum, its head at the ICMPv6 header; the packet is borrowed.
     *
     * @return the reason why it was ignored, or null
     */
    @Nullable
    DropReason receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int icmp = packet.head();
        final int ip = icmp + Icmpv6Header.LENGTH;
        final int end = packet.tail();
        if (end - ip < Ipv6Header.LENGTH + QUOTED_TRANSPORT) {
            return DropReason.ICMP_TOO_SHORT;
        }
        if (!info.isUnicast() || Ipv6Header.version(bytes, ip) != 6 || !isOurs(bytes, ip)) {
            return DropReason.ICMP_UNMATCHED;
        }
        final long upperLayer = upperLayer(bytes, ip, end);
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND) {
            return DropReason.ICMP_UNMATCHED;
        }
        final int transportHeader = Ipv6ExtensionHeader.offset(upperLayer);
        final int protocol = Ipv6ExtensionHeader.protocol(upperLayer);
        final TransportProtocol transport = ipv6.transport(protocol);
        if (transport == null) {
            return DropReason.ICMP_UNMATCHED;
        }
        if (end - transportHeader < QUOTED_TRANSPORT) {
            return DropReason.ICMP_TOO_SHORT;
        }
        final IcmpError error = error(Icmpv6Header.type(bytes, icmp), Icmpv6Header.code(bytes, icmp));
        final int mtu = error == IcmpError.FRAGMENTATION_NEEDED ? nextHopMtu(bytes, icmp, ip) : 0;
        if (mtu < 0) {
            return DropReason.ICMP_UNMATCHED;
        }
        fillQuoted(bytes, ip, protocol);
        final int word = (int) Icmpv6Header.pointer(bytes, icmp);
        final boolean tells = error == IcmpError.FRAGMENTATION_NEEDED || error == IcmpError.PARAMETER_PROBLEM;
        quoted.icmpError(Icmpv6Header.type(bytes, icmp), Icmpv6Header.code(bytes, icmp), tells ? word : 0, info);
        packet.strip(transportHeader - icmp);
        transport.icmpError(error, mtu, packet, quoted, nowNanos);
        return null;
    }

    private boolean isOurs(final ByteBuffer bytes, final int ip) {
        return ipv6.isLocal(Ipv6Header.sourceHigh(bytes, ip), Ipv6Header.sourceLow(bytes, ip));
    }

    /** The transport's header in the quoted packet, which may be a first fragment. */
    private static long upperLayer(final ByteBuffer bytes, final int ip, final int end) {
        final long found =
                Ipv6ExtensionHeader.upperLayer(bytes, Ipv6Header.nextHeader(bytes, ip), ip + Ipv6Header.LENGTH, end);
        if (found == Ipv6ExtensionHeader.NOT_FOUND
                || Ipv6ExtensionHeader.protocol(found) != Ipv6ExtensionHeader.FRAGMENT) {
            return found;
        }
        final int header = Ipv6ExtensionHeader.offset(found);
        return Ipv6ExtensionHeader.fragmentOffset(Ipv6ExtensionHeader.fragment(bytes, header)) == 0
                ? Ipv6ExtensionHeader.upperLayer(
                        bytes,
                        Ipv6ExtensionHeader.nextHeader(bytes, header),
                        header + Ipv6ExtensionHeader.MIN_LENGTH,
                        end)
                : Ipv6ExtensionHeader.NOT_FOUND;
    }

    /**
     * RFC 8201 4: an MTU below 1,280 is discarded, and one that is not below the estimate changes nothing. The quoted
     * packet may be longer than the estimate, if it was sent before the estimate was reduced.
     *
     * @return -1 for an MTU that is not believed
     */
    private int nextHopMtu(final ByteBuffer bytes, final int icmp, final int ip) {
        final long told = Icmpv6Header.mtu(bytes, icmp);
        final IpPath path = ipv6.path(
                IpAddress.ipv6(Ipv6Header.sourceHigh(bytes, ip), Ipv6Header.sourceLow(bytes, ip)),
                IpAddress.ipv6(Ipv6Header.destinationHigh(bytes, ip), Ipv6Header.destinationLow(bytes, ip)));
        final int quotedLength = Ipv6Header.LENGTH + Ipv6Header.payloadLength(bytes, ip);
        final int longest =
                path == null || quotedLength > path.mtu() && quotedLength <= path.linkMtu() ? quotedLength : path.mtu();
        return told >= Ipv6Header.MIN_MTU && told < longest ? (int) told : -1;
    }

    /** RFC 4443 3; the errors of Linux (icmpv6_err_convert). A type that is unknown is told too (2.4 a). */
    private static IcmpError error(final int type, final int code) {
        return switch (type) {
            case Icmpv6Header.DESTINATION_UNREACHABLE -> unreachable(code);
            case Icmpv6Header.PACKET_TOO_BIG -> IcmpError.FRAGMENTATION_NEEDED;
            case Icmpv6Header.TIME_EXCEEDED -> IcmpError.TIME_EXCEEDED;
            case Icmpv6Header.PARAMETER_PROBLEM -> IcmpError.PARAMETER_PROBLEM;
            default -> IcmpError.UNKNOWN;
        };
    }

    private static IcmpError unreachable(final int code) {
        return switch (code) {
            case Icmpv6Header.CODE_NO_ROUTE -> IcmpError.NET_UNREACHABLE;
            case Icmpv6Header.CODE_BEYOND_SCOPE, Icmpv6Header.CODE_ADDRESS_UNREACHABLE -> IcmpError.HOST_UNREACHABLE;
            case Icmpv6Header.CODE_PORT_UNREACHABLE -> IcmpError.PORT_UNREACHABLE;
            case Icmpv6Header.CODE_PROHIBITED, Icmpv6Header.CODE_POLICY, Icmpv6Header.CODE_REJECT_ROUTE ->
                IcmpError.PROHIBITED;
            default -> IcmpError.PARAMETER_PROBLEM;
        };
    }

    private void fillQuoted(final ByteBuffer bytes, final int ip, final int protocol) {
        quoted.set(
                Ipv6Header.sourceHigh(bytes, ip),
                Ipv6Header.sourceLow(bytes, ip),
                Ipv6Header.destinationHigh(bytes, ip),
                Ipv6Header.destinationLow(bytes, ip),
                protocol,
                Ipv6Header.trafficClass(bytes, ip),
                Ipv6Header.hopLimit(bytes, ip),
                true,
                ip);
    }
}
