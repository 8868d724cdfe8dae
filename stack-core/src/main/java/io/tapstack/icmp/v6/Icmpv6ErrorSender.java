package io.tapstack.icmp.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRateLimit;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.ip.v6.Ipv6Reporter;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Sends ICMPv6 errors, where RFC 4443 2.4 (e) allows one.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Icmpv6ErrorSender implements Ipv6Reporter {

    /** RFC 4443 2.4 (c): as much of the packet as fits the smallest MTU. */
    static final int MAX_ERROR_LENGTH = Ipv6Header.MIN_MTU;

    private final Ipv6Protocol ipv6;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final IcmpRateLimit rateLimit;

    Icmpv6ErrorSender(
            final Ipv6Protocol ipv6,
            final BufferPool pool,
            final StackStatistics statistics,
            final IcmpRates rates,
            final RandomGenerator random,
            final long nowNanos) {
        this.ipv6 = ipv6;
        this.pool = pool;
        this.statistics = statistics;
        this.rateLimit = new IcmpRateLimit(rates, random, nowNanos);
    }

    @Override
    public void portUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final int code = Icmpv6Header.CODE_PORT_UNREACHABLE;
        report(packet, info, Icmpv6Header.DESTINATION_UNREACHABLE, code, 0, false, nowNanos);
    }

    @Override
    public void reassemblyTimeExceeded(
            final PacketBuffer firstFragment, final ReceivedPacket info, final long nowNanos) {
        final int code = Icmpv6Header.CODE_REASSEMBLY_TIME;
        report(firstFragment, info, Icmpv6Header.TIME_EXCEEDED, code, 0, false, nowNanos);
    }

    @Override
    public void parameterProblem(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final int code,
            final int pointer,
            final boolean multicastToo,
            final long nowNanos) {
        report(packet, info, Icmpv6Header.PARAMETER_PROBLEM, code, pointer, multicastToo, nowNanos);
    }

    private void report(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final int type,
            final int code,
            final int secondWord,
            final boolean multicastToo,
            final long nowNanos) {
        if (!mayReport(packet, info, multicastToo)) {
            return;
        }
        if (!rateLimit.allows(info.sourceHigh(), info.sourceLow(), nowNanos)) {
            statistics.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        final IpPath path = Icmpv6Protocol.pathBack(ipv6, info);
        if (path == null) {
            statistics.drop(DropReason.IP_NO_ROUTE);
            return;
        }
        final PacketBuffer error = quote(packet, info, path, type, code, secondWord);
        final SendStatus status = path.send(error, IpProtocol.ICMPV6, 0, Icmpv6Protocol.HOP_LIMIT, PathMtuPolicy.DONT);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** RFC 4443 2.4 (e): the packets that no error may be sent about. A source that is a group was dropped before. */
    private static boolean mayReport(final PacketBuffer packet, final ReceivedPacket info, final boolean multicastToo) {
        // (e.3), (e.4) and (e.5).
        if (!info.isUnicast() && !multicastToo) {
            return false;
        }
        // (e.6): :: identifies no node.
        if (info.sourceHigh() == 0 && info.sourceLow() == 0) {
            return false;
        }
        return !isErrorOrRedirect(packet.memory().bytes(), info.headerOffset(), packet.tail());
    }

    /** (e.1) and (e.2); also for a message in fragments, whose later ones do not tell. */
    private static boolean isErrorOrRedirect(final ByteBuffer bytes, final int ip, final int end) {
        long upperLayer =
                Ipv6ExtensionHeader.upperLayer(bytes, Ipv6Header.nextHeader(bytes, ip), ip + Ipv6Header.LENGTH, end);
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND) {
            return false;
        }
        if (Ipv6ExtensionHeader.protocol(upperLayer) == Ipv6ExtensionHeader.FRAGMENT) {
            final int header = Ipv6ExtensionHeader.offset(upperLayer);
            final int next = Ipv6ExtensionHeader.nextHeader(bytes, header);
            if (Ipv6ExtensionHeader.fragmentOffset(Ipv6ExtensionHeader.fragment(bytes, header)) != 0) {
                return next == IpProtocol.ICMPV6;
            }
            upperLayer = Ipv6ExtensionHeader.upperLayer(bytes, next, header + Ipv6ExtensionHeader.MIN_LENGTH, end);
        }
        final int at = Ipv6ExtensionHeader.offset(upperLayer);
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND
                || Ipv6ExtensionHeader.protocol(upperLayer) != IpProtocol.ICMPV6
                || at >= end) {
            return false;
        }
        final int type = Icmpv6Header.type(bytes, at);
        return Icmpv6Header.isError(type) || type == Icmpv6Header.REDIRECT;
    }

    private PacketBuffer quote(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final IpPath path,
            final int type,
            final int code,
            final int secondWord) {
        final int quotedFrom = info.headerOffset();
        final int room = MAX_ERROR_LENGTH - Ipv6Header.LENGTH - Icmpv6Header.LENGTH;
        final int quotedLength = Math.min(packet.tail() - quotedFrom, room);
        final int length = Icmpv6Header.LENGTH + quotedLength;
        final PacketBuffer error = pool.packet(path.headroom() + length, path.headroom());
        final int icmp = error.append(length);
        final ByteBuffer bytes = error.memory().bytes();
        Icmpv6Header.write(bytes, icmp, type, code, secondWord);
        bytes.put(icmp + Icmpv6Header.LENGTH, packet.memory().bytes(), quotedFrom, quotedLength);
        Icmpv6Protocol.finish(bytes, icmp, length, path);
        return error;
    }
}
