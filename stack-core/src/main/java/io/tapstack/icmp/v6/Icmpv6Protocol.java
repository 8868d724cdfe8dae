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
import io.tapstack.ip.v6.Icmpv6Input;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.ndp.NdpProtocol;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TrafficClass;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * ICMPv6 (RFC 4443): answers echo requests, tells transports of errors about their packets, sends errors for other
 * layers, and hands the messages of Neighbor Discovery and of Multicast Listener Discovery on.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Icmpv6Protocol implements Icmpv6Input {

    static final int HOP_LIMIT = 64;

    private final Ipv6Protocol ipv6;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final Icmpv6ErrorReceiver receiver;
    private final IcmpRateLimit groupEchoes;

    /** Registers itself with {@code ipv6} as the receiver of messages and as the sender of errors. */
    public Icmpv6Protocol(
            final Ipv6Protocol ipv6,
            final BufferPool pool,
            final StackStatistics statistics,
            final RandomGenerator random,
            final IcmpRates rates,
            final long nowNanos) {
        this.ipv6 = ipv6;
        this.pool = pool;
        this.statistics = statistics;
        this.receiver = new Icmpv6ErrorReceiver(ipv6);
        this.groupEchoes = new IcmpRateLimit(rates, random, nowNanos);
        ipv6.icmp(this, new Icmpv6ErrorSender(ipv6, pool, statistics, rates, random, nowNanos));
    }

    @Override
    public void receive(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final @Nullable Ipv6Interface arrival,
            final long nowNanos) {
        final int length = packet.contiguousLength();
        if (length < Icmpv6Header.MIN_LENGTH) {
            drop(packet, DropReason.ICMP_TOO_SHORT);
            return;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int icmp = packet.head();
        if (!packet.checksumTrusted()
                && InternetChecksum.finish(info.pseudoHeaderSum() + length + InternetChecksum.sum(bytes, icmp, length))
                        != 0) {
            drop(packet, DropReason.ICMP_CHECKSUM);
            return;
        }
        final int type = Icmpv6Header.type(bytes, icmp);
        if (Icmpv6Header.isError(type)) {
            final DropReason reason = receiver.receive(packet, info, nowNanos);
            if (reason != null) {
                statistics.drop(reason);
            }
            packet.release();
            return;
        }
        switch (type) {
            case Icmpv6Header.ECHO_REQUEST -> answer(packet, info, arrival, nowNanos);
            case Icmpv6Header.ROUTER_SOLICITATION,
                    Icmpv6Header.ROUTER_ADVERTISEMENT,
                    Icmpv6Header.NEIGHBOR_SOLICITATION,
                    Icmpv6Header.NEIGHBOR_ADVERTISEMENT,
                    Icmpv6Header.REDIRECT -> discover(packet, info, arrival);
            case Icmpv6Header.LISTENER_QUERY,
                    Icmpv6Header.LISTENER_REPORT,
                    Icmpv6Header.LISTENER_DONE,
                    Icmpv6Header.LISTENER_REPORT_V2 -> listen(packet, info, arrival);
            case Icmpv6Header.ECHO_REPLY -> drop(packet, DropReason.ICMP_UNMATCHED);
            // RFC 4443 2.4 (b): an unknown informational message is discarded in silence.
            default -> drop(packet, DropReason.ICMP_UNKNOWN_TYPE);
        }
    }

    private void discover(final PacketBuffer packet, final ReceivedPacket info, final @Nullable Ipv6Interface arrival) {
        final NdpProtocol ndp = arrival == null ? null : arrival.ndp();
        if (ndp == null) {
            // A link without Ethernet has no neighbours to discover.
            drop(packet, DropReason.NDP_NOT_FOR_US);
        } else {
            ndp.receive(packet, info);
        }
    }

    private void listen(final PacketBuffer packet, final ReceivedPacket info, final @Nullable Ipv6Interface arrival) {
        if (arrival == null) {
            drop(packet, DropReason.GROUP_NOT_FOR_US);
        } else {
            arrival.mld().receive(packet, info);
        }
    }

    /** RFC 4443 4.2: the data is returned unchanged; the answer to a group comes from an address of ours. */
    private void answer(
            final PacketBuffer request,
            final ReceivedPacket info,
            final @Nullable Ipv6Interface arrival,
            final long nowNanos) {
        final int length = request.contiguousLength();
        if (length < Icmpv6Header.LENGTH) {
            drop(request, DropReason.ICMP_TOO_SHORT);
            return;
        }
        if (!info.isUnicast() && !groupEchoes.allows(info.sourceHigh(), info.sourceLow(), nowNanos)) {
            // An answer to a group has many senders, whose sum the forged source of a request would receive.
            drop(request, DropReason.ICMP_RATE_LIMITED);
            return;
        }
        final IpPath path = pathBack(ipv6, info);
        if (path == null) {
            drop(request, DropReason.IP_NO_ROUTE);
            return;
        }
        final PacketBuffer reply = writable(request, path);
        final ByteBuffer bytes = reply.memory().bytes();
        final int icmp = reply.head();
        bytes.put(icmp + Icmpv6Header.TYPE_OFFSET, (byte) Icmpv6Header.ECHO_REPLY);
        finish(bytes, icmp, length, path);
        // The traffic class of the request without its ECN field, as for IPv4.
        final int trafficClass = info.trafficClass() & ~TrafficClass.ECN_MASK;
        final SendStatus status = path.send(reply, IpProtocol.ICMPV6, trafficClass, HOP_LIMIT, PathMtuPolicy.DONT);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** Writes the checksum of a contiguous message that leaves by {@code path}. */
    static void finish(final ByteBuffer bytes, final int icmp, final int length, final IpPath path) {
        Icmpv6Header.checksum(bytes, icmp, 0);
        final long pseudoHeader =
                InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.ICMPV6) + length;
        final long sum = pseudoHeader + InternetChecksum.sum(bytes, icmp, length);
        Icmpv6Header.checksum(bytes, icmp, InternetChecksum.finish(sum));
    }

    /** RFC 4443 2.2: from the address that the packet came to, or for a group from the best one of ours. */
    static @Nullable IpPath pathBack(final Ipv6Protocol ipv6, final ReceivedPacket info) {
        return ipv6.isLocal(info.destinationHigh(), info.destinationLow())
                ? ipv6.path(info.destination(), info.source())
                : ipv6.path(IpAddress.ANY_IPV6, info.source());
    }

    /** The request itself, if no other reference to its memory exists and headers fit in front; otherwise a copy. */
    private PacketBuffer writable(final PacketBuffer request, final IpPath path) {
        if (request.memory().references() == 1 && request.head() >= path.headroom()) {
            request.gsoSize(0);
            return request;
        }
        final int length = request.contiguousLength();
        final PacketBuffer copy = pool.packet(path.headroom() + length, path.headroom());
        request.copyTo(0, copy.memory(), copy.append(length), length);
        request.release();
        return copy;
    }

    private void drop(final PacketBuffer packet, final DropReason reason) {
        statistics.drop(reason);
        packet.release();
    }
}
