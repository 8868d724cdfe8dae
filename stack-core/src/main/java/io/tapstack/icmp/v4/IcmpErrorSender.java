package io.tapstack.icmp.v4;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRateLimit;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.ip.v4.Ipv4Reporter;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Sends ICMP errors, where RFC 1122 3.2.2 allows one.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class IcmpErrorSender implements Ipv4Reporter {

    /** RFC 1812 4.3.2.3: as much of the packet as fits in an error of 576 bytes. */
    static final int MAX_ERROR_LENGTH = 576;

    /** RFC 1812 4.3.2.5: errors are sent with precedence 6, internetwork control. */
    static final int TRAFFIC_CLASS = 0xC0;

    private final Ipv4Protocol ipv4;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final IcmpRateLimit rateLimit;

    IcmpErrorSender(
            final Ipv4Protocol ipv4,
            final BufferPool pool,
            final StackStatistics statistics,
            final IcmpRates rates,
            final RandomGenerator random,
            final long nowNanos) {
        this.ipv4 = ipv4;
        this.pool = pool;
        this.statistics = statistics;
        this.rateLimit = new IcmpRateLimit(rates, random, nowNanos);
    }

    @Override
    public void protocolUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final int code = IcmpHeader.CODE_PROTOCOL_UNREACHABLE;
        report(packet, info, IcmpHeader.DESTINATION_UNREACHABLE, code, 0, nowNanos);
    }

    @Override
    public void portUnreachable(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final int code = IcmpHeader.CODE_PORT_UNREACHABLE;
        report(packet, info, IcmpHeader.DESTINATION_UNREACHABLE, code, 0, nowNanos);
    }

    @Override
    public void reassemblyTimeExceeded(
            final PacketBuffer firstFragment, final ReceivedPacket info, final long nowNanos) {
        report(firstFragment, info, IcmpHeader.TIME_EXCEEDED, IcmpHeader.CODE_REASSEMBLY_TIME, 0, nowNanos);
    }

    @Override
    public void parameterProblem(
            final PacketBuffer packet, final ReceivedPacket info, final int pointer, final long nowNanos) {
        report(packet, info, IcmpHeader.PARAMETER_PROBLEM, 0, pointer << 24, nowNanos);
    }

    private void report(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final int type,
            final int code,
            final int secondWord,
            final long nowNanos) {
        if (!mayReport(packet, info)) {
            return;
        }
        if (!rateLimit.allows(info.sourceHigh(), info.sourceLow(), nowNanos)) {
            statistics.drop(DropReason.ICMP_RATE_LIMITED);
            return;
        }
        // RFC 1122 3.2.2: the source is the address that the packet was sent to.
        final IpPath path = ipv4.path((int) info.destinationLow(), (int) info.sourceLow());
        if (path == null) {
            statistics.drop(DropReason.IP_NO_ROUTE);
            return;
        }
        final PacketBuffer error = quote(packet, info, path, type, code, secondWord);
        final SendStatus status = path.send(error, IpProtocol.ICMP, TRAFFIC_CLASS, IcmpProtocol.TIME_TO_LIVE, false);
        if (status == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /**
     * RFC 1122 3.2.2: the packets that no error may be sent about. A packet with an invalid source was dropped before.
     */
    private static boolean mayReport(final PacketBuffer packet, final ReceivedPacket info) {
        if (!info.isUnicast()) {
            return false;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = info.headerOffset();
        if (Ipv4Header.fragmentOffset(Ipv4Header.fragment(bytes, header)) != 0) {
            return false;
        }
        if (info.protocol() != IpProtocol.ICMP) {
            return true;
        }
        // Never about an ICMP error; an unknown type may be one.
        return packet.contiguousLength() > 0 && IcmpHeader.isQuery(IcmpHeader.type(bytes, packet.head()));
    }

    private PacketBuffer quote(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final IpPath path,
            final int type,
            final int code,
            final int secondWord) {
        final int quotedFrom = info.headerOffset();
        final int room = MAX_ERROR_LENGTH - Ipv4Header.LENGTH - IcmpHeader.LENGTH;
        final int quotedLength = Math.min(packet.tail() - quotedFrom, room);
        final PacketBuffer error = pool.packet(path.headroom() + IcmpHeader.LENGTH + quotedLength, path.headroom());
        final int icmp = error.append(IcmpHeader.LENGTH + quotedLength);
        final ByteBuffer bytes = error.memory().bytes();
        IcmpHeader.write(bytes, icmp, type, code, secondWord);
        bytes.put(icmp + IcmpHeader.LENGTH, packet.memory().bytes(), quotedFrom, quotedLength);
        final long sum = InternetChecksum.sum(bytes, icmp, IcmpHeader.LENGTH + quotedLength);
        IcmpHeader.checksum(bytes, icmp, InternetChecksum.finish(sum));
        return error;
    }
}
