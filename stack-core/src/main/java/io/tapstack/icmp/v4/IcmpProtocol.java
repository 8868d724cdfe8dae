package io.tapstack.icmp.v4;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TrafficClass;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * ICMP for IPv4 (RFC 792, RFC 1122 3.2.2): answers pings and timestamp requests, passes errors on to the transport that
 * they are about, and sends errors for other layers.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class IcmpProtocol implements TransportProtocol {

    /** RFC 1700: the default time to live of a host. */
    static final int TIME_TO_LIVE = 64;

    private final Ipv4Protocol ipv4;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final IcmpErrorSender sender;
    private final IcmpErrorReceiver receiver;
    private final IcmpTimestamp timestamp;

    /** Registers itself with {@code ipv4} as the protocol and as the sender of errors. */
    public IcmpProtocol(
            final Ipv4Protocol ipv4,
            final BufferPool pool,
            final StackStatistics statistics,
            final RandomGenerator random,
            final IcmpRates rates,
            final long nowNanos) {
        this.ipv4 = ipv4;
        this.pool = pool;
        this.statistics = statistics;
        this.sender = new IcmpErrorSender(ipv4, pool, statistics, rates, random, nowNanos);
        this.receiver = new IcmpErrorReceiver(ipv4);
        this.timestamp = new IcmpTimestamp(random.nextInt());
        ipv4.icmp(this, sender);
    }

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        if (packet.contiguousLength() < IcmpHeader.LENGTH) {
            drop(packet, DropReason.ICMP_TOO_SHORT);
            return;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int icmp = packet.head();
        if (InternetChecksum.finish(InternetChecksum.sum(bytes, icmp, packet.contiguousLength())) != 0) {
            drop(packet, DropReason.ICMP_CHECKSUM);
            return;
        }
        switch (IcmpHeader.type(bytes, icmp)) {
            case IcmpHeader.ECHO_REQUEST, IcmpHeader.TIMESTAMP_REQUEST -> answer(packet, info, nowNanos);
            case IcmpHeader.DESTINATION_UNREACHABLE, IcmpHeader.TIME_EXCEEDED, IcmpHeader.PARAMETER_PROBLEM -> {
                final DropReason reason = receiver.receive(packet, info, nowNanos);
                if (reason != null) {
                    statistics.drop(reason);
                }
                packet.release();
            }
            case IcmpHeader.ECHO_REPLY, IcmpHeader.TIMESTAMP_REPLY -> drop(packet, DropReason.ICMP_UNMATCHED);
            // RFC 1122 3.2.2: an unknown type is discarded in silence. Source quench is obsolete (RFC 6633). A redirect
            // is not followed: the one gateway forwards anyway, and a forged redirect would let its sender read our
            // traffic.
            default -> drop(packet, DropReason.ICMP_UNKNOWN_TYPE);
        }
    }

    private void answer(final PacketBuffer request, final ReceivedPacket info, final long nowNanos) {
        if (!info.isUnicast()) {
            // RFC 1122 3.2.2.6 and 3.2.2.8: a request to a broadcast MAY be discarded; answering it made the "smurf"
            // attack (RFC 2644).
            drop(request, DropReason.ICMP_BROADCAST);
            return;
        }
        final boolean echo = IcmpHeader.type(request.memory().bytes(), request.head()) == IcmpHeader.ECHO_REQUEST;
        if (!echo && request.contiguousLength() < IcmpTimestamp.LENGTH) {
            drop(request, DropReason.ICMP_TOO_SHORT);
            return;
        }
        final IpPath path = ipv4.path((int) info.destinationLow(), (int) info.sourceLow());
        if (path == null) {
            drop(request, DropReason.IP_NO_ROUTE);
            return;
        }
        final PacketBuffer reply = writable(request, path);
        if (echo) {
            echo(reply.memory().bytes(), reply.head());
        } else {
            reply.trimTo(IcmpTimestamp.LENGTH);
            timestamp.answer(reply.memory().bytes(), reply.head(), nowNanos);
        }
        // As RFC 1122 4.1.5 does for UDP, the answer has the type of service of the request, but without its ECN bits,
        // which are not a service.
        final int trafficClass = info.trafficClass() & ~TrafficClass.ECN_MASK;
        final SendStatus status = path.send(reply, IpProtocol.ICMP, trafficClass, TIME_TO_LIVE, false);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** RFC 1122 3.2.2.6: the data is returned unchanged, and the addresses are swapped. */
    private static void echo(final ByteBuffer bytes, final int icmp) {
        // RFC 1624: as the type goes from 8 to 0, the sum of all words falls by 0x0800 and the checksum rises by it.
        final int checksum = IcmpHeader.checksum(bytes, icmp) + (IcmpHeader.ECHO_REQUEST << 8);
        bytes.put(icmp + IcmpHeader.TYPE_OFFSET, (byte) IcmpHeader.ECHO_REPLY);
        IcmpHeader.checksum(bytes, icmp, InternetChecksum.fold(checksum));
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

    /** An ICMP error about a ping: ignored, as the stack sends no pings. */
    @Override
    public void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        statistics.drop(DropReason.ICMP_UNMATCHED);
    }

    private void drop(final PacketBuffer packet, final DropReason reason) {
        statistics.drop(reason);
        packet.release();
    }
}
