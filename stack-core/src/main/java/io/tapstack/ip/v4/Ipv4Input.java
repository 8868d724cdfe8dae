package io.tapstack.ip.v4;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Groups;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of IPv4: the checks of RFC 1122 3.2.1, reassembly, and the hand-over to a transport.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Ipv4Input {

    private static final int ALL_SYSTEMS = Ipv4Groups.ALL_SYSTEMS.ipv4Bits();
    private static final int LIMITED_BROADCAST = -1;

    private final Ipv4Protocol ipv4;
    private final StackStatistics statistics;
    private final Ipv4Fragments fragments;
    private final ReceivedPacket info = new ReceivedPacket();
    private final ReceivedPacket quotedInfo = new ReceivedPacket();

    Ipv4Input(
            final Ipv4Protocol ipv4,
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics) {
        this.ipv4 = ipv4;
        this.statistics = statistics;
        this.fragments = new Ipv4Fragments(limits, pool, wheel, statistics, this::reassemblyTimedOut);
    }

    /**
     * Takes a packet whose head is at its IP header.
     *
     * @param arrival the receiving interface, or null for a packet to ourselves
     * @param linkUnicast false if the packet was in a broadcast or multicast frame
     */
    void receive(
            final PacketBuffer packet,
            final @Nullable Ipv4Interface arrival,
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
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        final boolean unicast = linkUnicast && ipv4.isLocal(Ipv4Header.destination(bytes, header));
        final int headerLength = Ipv4Header.headerLength(bytes, header);
        if (headerLength > Ipv4Header.LENGTH && !optionsAreFine(packet, headerLength, unicast, nowNanos)) {
            return;
        }
        if (Ipv4Header.isFragment(Ipv4Header.fragment(bytes, header))) {
            // The device saw only a part of the transport segment, so it cannot have checked its sum.
            packet.checksumTrusted(false);
            final PacketBuffer whole = fragments.add(packet, unicast, nowNanos);
            if (whole != null) {
                deliver(whole, arrival, unicast, /* reassembled */ true, nowNanos);
            }
            return;
        }
        deliver(packet, arrival, unicast, /* reassembled */ false, nowNanos);
    }

    /**
     * Checks the header, and trims the packet to its total length.
     *
     * @return the reason for a drop, or null
     */
    private static @Nullable DropReason checkHeader(final PacketBuffer packet) {
        final int length = packet.contiguousLength();
        if (length < Ipv4Header.LENGTH) {
            return DropReason.IP_TOO_SHORT;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        // RFC 1122 3.2.1.1: any other version is discarded in silence.
        if (Ipv4Header.version(bytes, header) != 4) {
            return DropReason.IP_VERSION;
        }
        final int headerLength = Ipv4Header.headerLength(bytes, header);
        if (headerLength < Ipv4Header.LENGTH || headerLength > length) {
            return DropReason.IP_HEADER_LENGTH;
        }
        // RFC 1122 3.2.1.2: a wrong checksum is discarded in silence.
        if (!Ipv4Header.checksumIsValid(bytes, header, headerLength)) {
            return DropReason.IP_CHECKSUM;
        }
        final int totalLength = Ipv4Header.totalLength(bytes, header);
        if (totalLength < headerLength || totalLength > length) {
            return DropReason.IP_TOTAL_LENGTH;
        }
        // Bytes behind the total length are padding of a short Ethernet frame.
        packet.trimTo(totalLength);
        return null;
    }

    private @Nullable DropReason checkAddresses(
            final PacketBuffer packet, final @Nullable Ipv4Interface arrival, final boolean linkUnicast) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int source = Ipv4Header.source(bytes, packet.head());
        final int destination = Ipv4Header.destination(bytes, packet.head());
        if (arrival == null) {
            return null;
        }
        // RFC 1122 3.2.1.3: a source is a host. Our own address and loopback cannot come from outside.
        if (!IpAddress.isIpv4Host(source) || ipv4.isLocal(source) || ipv4.isBroadcast(source)) {
            return DropReason.IP_SOURCE_INVALID;
        }
        if (destination == LIMITED_BROADCAST && arrival.lacksAddress()) {
            return null;
        }
        if (!arrival.isReady() || Ipv4Protocol.isLoopback(destination)) {
            return DropReason.IP_NOT_FOR_US;
        }
        if (arrival.uses(destination)) {
            // RFC 1122 3.3.6: a broadcast frame carries broadcasts only; every host would answer anything else.
            return linkUnicast ? null : DropReason.IP_UNICAST_IN_BROADCAST;
        }
        final boolean toGroupOfOurs = destination == ALL_SYSTEMS
                || ipv4.isBroadcast(destination)
                || arrival.groups().accepts(0, IpAddress.ipv4Low(destination), 0, IpAddress.ipv4Low(source));
        return toGroupOfOurs ? null : DropReason.IP_NOT_FOR_US;
    }

    /** @return false if the packet was dropped for its options */
    private boolean optionsAreFine(
            final PacketBuffer packet, final int headerLength, final boolean unicast, final long nowNanos) {
        final int verdict = Ipv4Options.check(packet.memory().bytes(), packet.head(), headerLength);
        if (verdict == Ipv4Options.FINE) {
            return true;
        }
        if (verdict == Ipv4Options.SOURCE_ROUTE) {
            // RFC 7126 4.3: source routes bypass filters, so even one that ends here is refused.
            drop(packet, DropReason.IP_SOURCE_ROUTE);
            return false;
        }
        fill(info, packet, unicast);
        packet.strip(headerLength);
        // RFC 1122 3.2.2.5: a parameter problem points at the bad option.
        ipv4.reporter().parameterProblem(packet, info, verdict, nowNanos);
        drop(packet, DropReason.IP_OPTIONS_MALFORMED);
        return false;
    }

    private void deliver(
            final PacketBuffer packet,
            final @Nullable Ipv4Interface arrival,
            final boolean unicast,
            final boolean reassembled,
            final long nowNanos) {
        fill(info, packet, unicast);
        info.reassembled(reassembled);
        packet.strip(Ipv4Header.headerLength(packet.memory().bytes(), packet.head()));
        final TransportProtocol transport = ipv4.transport(info.protocol());
        if (transport == null && info.protocol() == IpProtocol.IGMP && arrival != null) {
            arrival.igmp().receive(packet, info);
            return;
        }
        if (transport == null) {
            // RFC 1122 3.2.2.1: code 2, the designated transport protocol is not supported.
            ipv4.reporter().protocolUnreachable(packet, info, nowNanos);
            drop(packet, DropReason.IP_UNKNOWN_PROTOCOL);
            return;
        }
        transport.receive(packet, info, nowNanos);
    }

    private void reassemblyTimedOut(final PacketBuffer first, final boolean unicast, final long nowNanos) {
        fill(info, first, unicast);
        first.strip(Ipv4Header.headerLength(first.memory().bytes(), first.head()));
        ipv4.reporter().reassemblyTimeExceeded(first, info, nowNanos);
    }

    /**
     * A packet of ours found no neighbour: its transport is told as if by a router (RFC 1122 2.3.2.2, 3.2.2.1 code 1).
     * The packet is borrowed.
     */
    void unreachable(final PacketBuffer packet, final long nowNanos) {
        fill(quotedInfo, packet, true);
        quotedInfo.icmpError(IcmpHeader.DESTINATION_UNREACHABLE, IcmpHeader.CODE_HOST_UNREACHABLE, 0, quotedInfo);
        packet.strip(Ipv4Header.LENGTH);
        final TransportProtocol transport = ipv4.transport(quotedInfo.protocol());
        if (transport != null) {
            transport.icmpError(IcmpError.HOST_UNREACHABLE, 0, packet, quotedInfo, nowNanos);
        }
    }

    /** Fills {@code info} from a packet whose head is at its IP header. */
    static void fill(final ReceivedPacket info, final PacketBuffer packet, final boolean unicast) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        info.set(
                0,
                IpAddress.ipv4Low(Ipv4Header.source(bytes, header)),
                0,
                IpAddress.ipv4Low(Ipv4Header.destination(bytes, header)),
                Ipv4Header.protocol(bytes, header),
                Ipv4Header.trafficClass(bytes, header),
                Ipv4Header.timeToLive(bytes, header),
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
