package io.tapstack.icmp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IcmpReporter;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.Ipv4Protocol;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * ICMP for IPv4 (RFC 792, RFC 1122 3.2.2): answers pings and timestamp requests, passes errors on to the transport that
 * they are about, and is asked for errors to send through {@link #reporter()}.
 *
 * <p>Confined to whoever runs the stack.
 */
public final class IcmpProtocol implements TransportProtocol {

    /** RFC 1700: what a host sends with unless told otherwise. */
    static final int TIME_TO_LIVE = 64;

    private final Ipv4Protocol ipv4;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final IcmpErrorSender sender;
    private final IcmpErrorReceiver receiver;
    private final IcmpTimestamp timestamp;

    /** Registers itself with {@code ipv4} as the protocol and as the one who reports errors. */
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
        ipv4.register(IpProtocol.ICMP, this);
        ipv4.reportTo(sender);
    }

    /** Who sends ICMP errors for the layers. */
    public IcmpReporter reporter() {
        return sender;
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
            // RFC 1122 3.2.2: an unknown type is discarded in silence. Source quench is obsolete (RFC 6633). A
            // redirect is not followed: there is one gateway, which forwards what it is sent, and whoever could
            // redirect us to another could read along.
            default -> drop(packet, DropReason.ICMP_UNKNOWN_TYPE);
        }
    }

    private void answer(final PacketBuffer request, final ReceivedPacket info, final long nowNanos) {
        if (!info.isUnicast()) {
            // RFC 1122 3.2.2.6 and 3.2.2.8: to a broadcast it MAY be discarded; answering made the "smurf" attack
            // (RFC 2644).
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
        // RFC 1122 4.1.5 does it for UDP: the answer has the type of service of the question. Its ECN bits are no
        // service.
        final int trafficClass = info.trafficClass() & ~Ipv4Header.ECN_MASK;
        final SendStatus status = path.send(reply, IpProtocol.ICMP, trafficClass, TIME_TO_LIVE, false);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** RFC 1122 3.2.2.6: the data comes back unchanged, and the addresses change places. */
    private static void echo(final ByteBuffer bytes, final int icmp) {
        // RFC 1624: as the type goes from 8 to 0, the sum of all words falls by 0x0800 and the checksum rises by it.
        final int checksum = IcmpHeader.checksum(bytes, icmp) + (IcmpHeader.ECHO_REQUEST << 8);
        bytes.put(icmp + IcmpHeader.TYPE_OFFSET, (byte) IcmpHeader.ECHO_REPLY);
        IcmpHeader.checksum(bytes, icmp, InternetChecksum.fold(checksum));
    }

    /** The request itself, if nobody else refers to its memory and headers fit in front; otherwise a copy. */
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

    /** An ICMP error about a ping: there is no pinger here yet to be told. */
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
