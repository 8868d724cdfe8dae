package io.tapstack.ip.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of IPv6 (RFC 8200): the checks of the header, the extension headers, reassembly, and the hand-over
 * to a transport.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Ipv6Input {

    /** Multicast scopes that no packet on a link has: reserved, and within an interface (RFC 4291 2.7). */
    private static final int HIGHEST_SCOPE_WITHIN_A_HOST = 1;

    private final Ipv6Protocol ipv6;
    private final StackStatistics statistics;
    private final Ipv6Fragments fragments;
    private final ExtensionHeaders headers = new ExtensionHeaders();
    private final ReceivedPacket info = new ReceivedPacket();
    private final ReceivedPacket quotedInfo = new ReceivedPacket();

    Ipv6Input(
            final Ipv6Protocol ipv6,
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics) {
        this.ipv6 = ipv6;
        this.statistics = statistics;
        this.fragments = new Ipv6Fragments(limits, pool, wheel, statistics, this::reassemblyTimedOut);
    }

    /**
     * Takes a packet whose head is at its IP header.
     *
     * @param arrival the receiving interface, or null for a packet to ourselves
     * @param linkUnicast false if the packet was in a multicast frame
     */
    void receive(
            final PacketBuffer packet,
            final @Nullable Ipv6Interface arrival,
            final boolean linkUnicast,
            final long nowNanos) {
        DropReason reason = checkHeader(packet);
        if (reason == null) {
            reason = checkAddresses(packet, arrival, linkUnicast);
        }
        if (reason != null) {
            drop(packet, reason);
            return;
        }
        final long destinationHigh = Ipv6Header.destinationHigh(packet.memory().bytes(), packet.head());
        process(packet, arrival, linkUnicast && !Ipv6Header.isMulticast(destinationHigh), false, nowNanos);
    }

    /**
     * Checks the header, and trims the packet to its length.
     *
     * @return the reason for a drop, or null
     */
    private static @Nullable DropReason checkHeader(final PacketBuffer packet) {
        final int length = packet.contiguousLength();
        if (length < Ipv6Header.LENGTH) {
            return DropReason.IP_TOO_SHORT;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        if (Ipv6Header.version(bytes, header) != 6) {
            return DropReason.IP_VERSION;
        }
        final int payloadLength = Ipv6Header.payloadLength(bytes, header);
        if (payloadLength > length - Ipv6Header.LENGTH) {
            return DropReason.IP_TOTAL_LENGTH;
        }
        // RFC 2675 3: zero, with hop-by-hop options behind, may be a jumbogram, whose option will be refused.
        if (payloadLength > 0 || Ipv6Header.nextHeader(bytes, header) != Ipv6ExtensionHeader.HOP_BY_HOP) {
            packet.trimTo(Ipv6Header.LENGTH + payloadLength);
        }
        return null;
    }

    private @Nullable DropReason checkAddresses(
            final PacketBuffer packet, final @Nullable Ipv6Interface arrival, final boolean linkUnicast) {
        if (arrival == null) {
            return null;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        final long sourceHigh = Ipv6Header.sourceHigh(bytes, header);
        final long sourceLow = Ipv6Header.sourceLow(bytes, header);
        final long destinationHigh = Ipv6Header.destinationHigh(bytes, header);
        final long destinationLow = Ipv6Header.destinationLow(bytes, header);
        // RFC 4291 2.7: a source is no group. Our own address and ::1 cannot come from outside; an IPv4-mapped address
        // would be taken for an IPv4 peer (RFC 4942 2.2).
        if (Ipv6Header.isMulticast(sourceHigh)
                || IpAddress.isIpv4(sourceHigh, sourceLow)
                || ipv6.isLocal(sourceHigh, sourceLow)) {
            return DropReason.IP_SOURCE_INVALID;
        }
        if (Ipv6Header.isMulticast(destinationHigh)) {
            final int scope = (int) (destinationHigh >>> 48) & 0xF;
            return scope > HIGHEST_SCOPE_WITHIN_A_HOST
                            && arrival.isMember(destinationHigh, destinationLow, sourceHigh, sourceLow)
                    ? null
                    : DropReason.IP_NOT_FOR_US;
        }
        if (!arrival.isOurs(destinationHigh, destinationLow)) {
            return DropReason.IP_NOT_FOR_US;
        }
        // As RFC 1122 3.3.6 for IPv4: every host would answer a unicast packet in a frame for all.
        return linkUnicast ? null : DropReason.IP_UNICAST_IN_BROADCAST;
    }

    private void process(
            final PacketBuffer packet,
            final @Nullable Ipv6Interface arrival,
            final boolean unicast,
            final boolean reassembled,
            final long nowNanos) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        fill(info, packet, unicast);
        info.reassembled(reassembled);
        switch (headers.walk(bytes, header, packet.tail())) {
            case UPPER_LAYER -> deliver(packet, arrival, nowNanos);
            case FRAGMENT -> fragment(packet, arrival, unicast, nowNanos);
            case REFUSED -> {
                if (headers.problem() != ExtensionHeaders.SILENT) {
                    ipv6.reporter()
                            .parameterProblem(
                                    packet,
                                    info,
                                    headers.problem(),
                                    headers.pointer(),
                                    headers.multicastToo(),
                                    nowNanos);
                }
                drop(packet, headers.reason());
            }
        }
    }

    private void deliver(final PacketBuffer packet, final @Nullable Ipv6Interface arrival, final long nowNanos) {
        final int header = packet.head();
        final int protocol = headers.protocol();
        final int field = headers.nextHeaderField();
        info.protocol(protocol);
        packet.strip(headers.offset() - header);
        if (protocol == IpProtocol.ICMPV6) {
            ipv6.icmp().receive(packet, info, arrival, nowNanos);
            return;
        }
        final TransportProtocol transport = ipv6.transport(protocol);
        if (transport != null) {
            if (info.sourceHigh() == 0 && info.sourceLow() == 0) {
                // RFC 4291 2.5.2: a source of :: belongs to a host without an address, which uses ICMPv6 only.
                drop(packet, DropReason.IP_SOURCE_INVALID);
                return;
            }
            transport.receive(packet, info, nowNanos);
        } else if (protocol == Ipv6ExtensionHeader.NO_NEXT_HEADER) {
            // RFC 8200 4.7: what follows is ignored.
            drop(packet, DropReason.IP_NO_NEXT_HEADER);
        } else {
            // RFC 8200 4: the pointer is at the byte that names the header.
            problem(packet, Icmpv6Header.CODE_UNKNOWN_NEXT_HEADER, field - header, nowNanos);
            drop(packet, DropReason.IP_UNKNOWN_PROTOCOL);
        }
    }

    private void fragment(
            final PacketBuffer packet,
            final @Nullable Ipv6Interface arrival,
            final boolean unicast,
            final long nowNanos) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        final int fragmentHeader = headers.offset();
        final int flags = Ipv6ExtensionHeader.fragment(bytes, fragmentHeader);
        final int length = packet.tail() - fragmentHeader - Ipv6ExtensionHeader.MIN_LENGTH;
        if (!Ipv6Fragments.isWellFormed(flags, length)) {
            // RFC 8200 4.5: the pointer is at the payload length.
            problem(packet, Icmpv6Header.CODE_ERRONEOUS_FIELD, Ipv6Header.PAYLOAD_LENGTH_OFFSET, nowNanos);
            drop(packet, DropReason.FRAGMENT_MALFORMED);
            return;
        }
        if (!Ipv6Fragments.fits(flags, packet.tail() - header - Ipv6Header.LENGTH)) {
            // RFC 8200 4.5: the pointer is at the fragment offset.
            final int pointer = fragmentHeader + Ipv6ExtensionHeader.FRAGMENT_OFFSET - header;
            problem(packet, Icmpv6Header.CODE_ERRONEOUS_FIELD, pointer, nowNanos);
            drop(packet, DropReason.FRAGMENT_MALFORMED);
            return;
        }
        if (length == 0) {
            drop(packet, DropReason.FRAGMENT_MALFORMED);
            return;
        }
        if (Ipv6ExtensionHeader.fragmentOffset(flags) == 0
                && !Ipv6Fragments.hasWholeChain(bytes, fragmentHeader, packet.tail())) {
            // RFC 8200 4.5, RFC 7112 5.
            problem(packet, Icmpv6Header.CODE_INCOMPLETE_CHAIN, 0, nowNanos);
            drop(packet, DropReason.IP_CHAIN_INCOMPLETE);
            return;
        }
        // The device saw only a part of the transport segment, so it cannot have checked its sum.
        packet.checksumTrusted(false);
        final PacketBuffer whole = fragments.add(packet, fragmentHeader, unicast, nowNanos);
        if (whole != null) {
            process(whole, arrival, unicast, /* reassembled */ true, nowNanos);
        }
    }

    private void problem(final PacketBuffer packet, final int code, final int pointer, final long nowNanos) {
        ipv6.reporter().parameterProblem(packet, info, code, pointer, false, nowNanos);
    }

    private void reassemblyTimedOut(final PacketBuffer first, final boolean unicast, final long nowNanos) {
        fill(info, first, unicast);
        ipv6.reporter().reassemblyTimeExceeded(first, info, nowNanos);
    }

    /**
     * A packet of ours found no neighbour: its transport is told as if by a router (RFC 4861 7.2.2, RFC 4443 3.1 code
     * 3). The packet is borrowed.
     */
    void unreachable(final PacketBuffer packet, final long nowNanos) {
        fill(quotedInfo, packet, true);
        quotedInfo.icmpError(
                Icmpv6Header.DESTINATION_UNREACHABLE, Icmpv6Header.CODE_ADDRESS_UNREACHABLE, 0, quotedInfo);
        packet.strip(Ipv6Header.LENGTH);
        final TransportProtocol transport = ipv6.transport(quotedInfo.protocol());
        if (transport != null) {
            transport.icmpError(IcmpError.HOST_UNREACHABLE, 0, packet, quotedInfo, nowNanos);
        }
    }

    /** Fills {@code info} from a packet whose head is at its IP header; the protocol is its next header. */
    private static void fill(final ReceivedPacket info, final PacketBuffer packet, final boolean unicast) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        info.set(
                Ipv6Header.sourceHigh(bytes, header),
                Ipv6Header.sourceLow(bytes, header),
                Ipv6Header.destinationHigh(bytes, header),
                Ipv6Header.destinationLow(bytes, header),
                Ipv6Header.nextHeader(bytes, header),
                Ipv6Header.trafficClass(bytes, header),
                Ipv6Header.hopLimit(bytes, header),
                unicast,
                header);
    }

    void clear() {
        fragments.clear();
    }

    private void drop(final PacketBuffer packet, final DropReason reason) {
        statistics.drop(reason);
        packet.release();
    }
}
