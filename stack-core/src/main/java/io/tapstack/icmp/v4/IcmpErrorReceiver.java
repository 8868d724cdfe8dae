package io.tapstack.icmp.v4;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PathMtuCache;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Handles received ICMP errors: finds the packet of ours that one is about and tells the transport (RFC 1122 3.2.2). An
 * ICMP error is easily forged, so the transport decides whether the quoted header is one of its own (RFC 5927).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class IcmpErrorReceiver {

    /** Bytes of the transport header that must be quoted: RFC 792 quotes 64 bits. */
    private static final int QUOTED_TRANSPORT = 8;

    private final Ipv4Protocol ipv4;
    private final ReceivedPacket quoted = new ReceivedPacket();

    IcmpErrorReceiver(final Ipv4Protocol ipv4) {
        this.ipv4 = ipv4;
    }

    /**
     * Handles a message with a correct checksum, its head at the ICMP header; the packet is borrowed.
     *
     * @return the reason why it was ignored, or null
     */
    @Nullable
    DropReason receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int icmp = packet.head();
        final int ip = icmp + IcmpHeader.LENGTH;
        if (packet.contiguousLength() < IcmpHeader.LENGTH + Ipv4Header.LENGTH + QUOTED_TRANSPORT) {
            return DropReason.ICMP_TOO_SHORT;
        }
        final int headerLength = Ipv4Header.headerLength(bytes, ip);
        if (Ipv4Header.version(bytes, ip) != 4 || headerLength < Ipv4Header.LENGTH) {
            return DropReason.ICMP_UNMATCHED;
        }
        if (packet.contiguousLength() < IcmpHeader.LENGTH + headerLength + QUOTED_TRANSPORT) {
            return DropReason.ICMP_TOO_SHORT;
        }
        if (!info.isUnicast() || !isOurs(bytes, ip) || Ipv4Header.destination(bytes, ip) == 0) {
            return DropReason.ICMP_UNMATCHED;
        }
        final IcmpError error = error(bytes, icmp);
        final TransportProtocol transport = ipv4.transport(Ipv4Header.protocol(bytes, ip));
        if (error == null || transport == null) {
            return DropReason.ICMP_UNMATCHED;
        }
        final int mtu = error == IcmpError.FRAGMENTATION_NEEDED ? nextHopMtu(bytes, icmp, ip) : 0;
        if (mtu < 0) {
            return DropReason.ICMP_UNMATCHED;
        }
        fillQuoted(bytes, ip);
        quoted.icmpError(IcmpHeader.type(bytes, icmp), IcmpHeader.code(bytes, icmp), told(error, bytes, icmp), info);
        packet.strip(IcmpHeader.LENGTH + headerLength);
        transport.icmpError(error, mtu, packet, quoted, nowNanos);
        return null;
    }

    /** The information of the message besides its code, as received. */
    private static int told(final IcmpError error, final ByteBuffer bytes, final int icmp) {
        return switch (error) {
            case FRAGMENTATION_NEEDED -> IcmpHeader.nextHopMtu(bytes, icmp);
            case PARAMETER_PROBLEM -> bytes.get(icmp + IcmpHeader.POINTER_OFFSET) & 0xFF;
            default -> 0;
        };
    }

    /** True if the quoted packet was sent by us, and has the transport header: it is not a later fragment. */
    private boolean isOurs(final ByteBuffer bytes, final int ip) {
        return ipv4.isLocal(IpAddress.ipv4(Ipv4Header.source(bytes, ip)))
                && Ipv4Header.fragmentOffset(Ipv4Header.fragment(bytes, ip)) == 0;
    }

    /**
     * RFC 1191 4: the router sends the next hop's MTU, or zero if it is older than that, which means the next common
     * size below.
     *
     * <p>RFC 5927 7.2 has the MTU checked against the length of the refused packet, but the quoted length is not always
     * that: routers quote it without the header's length, with its bytes swapped, or as zero. So an MTU below the
     * estimate is believed in any case, as on Linux: a forger chooses the quoted length anyway. A longer packet was
     * sent before the estimate was reduced.
     *
     * @return -1 for an impossible MTU: less than every link takes (RFC 791 3.2), or no less than any packet that we
     *     sent
     */
    private int nextHopMtu(final ByteBuffer bytes, final int icmp, final int ip) {
        final int told = IcmpHeader.nextHopMtu(bytes, icmp);
        if (told == 0) {
            final int refused = refusedLength(bytes, ip);
            final int plateau = PathMtuCache.plateauBelow(refused);
            return plateau < refused ? plateau : -1;
        }
        final int quotedLength = Ipv4Header.totalLength(bytes, ip);
        final IpPath path = ipv4.path(Ipv4Header.source(bytes, ip), Ipv4Header.destination(bytes, ip));
        final int longest =
                path == null || quotedLength > path.mtu() && quotedLength <= path.linkMtu() ? quotedLength : path.mtu();
        return told >= Ipv4Header.MIN_LINK_MTU && told < longest ? told : -1;
    }

    /**
     * The length of the quoted packet, from a router that is too old to send the next hop's MTU. RFC 1191 5: routers
     * derived from 4.2BSD add the header's length to the total length, so a value that is not below the present
     * estimate is corrected first. A length that no packet of ours had, such as one with its bytes swapped, is
     * unusable: the packet is taken to be as long as the estimate, so that every message makes progress.
     */
    private int refusedLength(final ByteBuffer bytes, final int ip) {
        final int quotedLength = Ipv4Header.totalLength(bytes, ip);
        final int headerLength = Ipv4Header.headerLength(bytes, ip);
        final IpPath path = ipv4.path(Ipv4Header.source(bytes, ip), Ipv4Header.destination(bytes, ip));
        if (path == null) {
            return quotedLength;
        }
        final int length = quotedLength >= path.mtu() ? quotedLength - headerLength : quotedLength;
        return length < headerLength + QUOTED_TRANSPORT || length > path.linkMtu() ? path.mtu() : length;
    }

    private static @Nullable IcmpError error(final ByteBuffer bytes, final int icmp) {
        return switch (IcmpHeader.type(bytes, icmp)) {
            case IcmpHeader.DESTINATION_UNREACHABLE -> unreachable(IcmpHeader.code(bytes, icmp));
            case IcmpHeader.TIME_EXCEEDED -> IcmpError.TIME_EXCEEDED;
            case IcmpHeader.PARAMETER_PROBLEM -> IcmpError.PARAMETER_PROBLEM;
            default -> null;
        };
    }

    /** RFC 792, RFC 1122 3.2.2.1 (codes to 12) and RFC 1812 5.2.7.1 (13 to 15). */
    private static @Nullable IcmpError unreachable(final int code) {
        return switch (code) {
            case 0, 11 -> IcmpError.NET_UNREACHABLE;
            case 6, 9 -> IcmpError.NET_REFUSED;
            case 1, 7, 8, 12 -> IcmpError.HOST_UNREACHABLE;
            case 2 -> IcmpError.PROTOCOL_UNREACHABLE;
            case 3 -> IcmpError.PORT_UNREACHABLE;
            case 4 -> IcmpError.FRAGMENTATION_NEEDED;
            case 5 -> IcmpError.SOURCE_ROUTE_FAILED;
            case 10, 13, 14, 15 -> IcmpError.HOST_REFUSED;
            default -> null;
        };
    }

    private void fillQuoted(final ByteBuffer bytes, final int ip) {
        quoted.set(
                0,
                IpAddress.ipv4Low(Ipv4Header.source(bytes, ip)),
                0,
                IpAddress.ipv4Low(Ipv4Header.destination(bytes, ip)),
                Ipv4Header.protocol(bytes, ip),
                Ipv4Header.trafficClass(bytes, ip),
                Ipv4Header.timeToLive(bytes, ip),
                true,
                ip);
    }
}
