package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;

/** Resets for segments that belong to no connection (RFC 9293 3.5.2 group 1, 3.10.7.1). */
final class ResetSender {

    private static final int TIME_TO_LIVE = 64;
    private static final int PER_SECOND = 10_000;

    private final BufferPool pool;
    private final StackStatistics statistics;
    private final TcpHeader header = new TcpHeader();
    private final RateLimit limit = new RateLimit(PER_SECOND, 1_000_000_000L);

    ResetSender(final BufferPool pool, final StackStatistics statistics) {
        this.pool = pool;
        this.statistics = statistics;
    }

    /** Answers {@code segment}, unless it is a reset itself. {@code path} leads back to its sender. */
    void answer(final Segment segment, final IpPath path, final long nowNanos) {
        if (segment.has(TcpHeader.RST) || !limit.tryTake(nowNanos)) {
            return;
        }
        final PacketBuffer packet = pool.packet(path.headroom() + TcpHeader.MIN_LENGTH, path.headroom());
        final int at = packet.append(TcpHeader.MIN_LENGTH);
        header.wrap(packet.memory().bytes(), at);
        if (segment.has(TcpHeader.ACK)) {
            // <SEQ=SEG.ACK><CTL=RST>
            header.write(
                    segment.destinationPort,
                    segment.sourcePort,
                    segment.ack,
                    0,
                    TcpHeader.MIN_LENGTH,
                    TcpHeader.RST,
                    0,
                    0);
        } else {
            // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
            header.write(
                    segment.destinationPort,
                    segment.sourcePort,
                    0,
                    segment.seq + segment.length(),
                    TcpHeader.MIN_LENGTH,
                    TcpHeader.RST | TcpHeader.ACK,
                    0,
                    0);
        }
        final long pseudo = InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.TCP);
        TcpChecksum.write(packet, at, pseudo, path.checksumOffload());
        path.send(packet, IpProtocol.TCP, 0, TIME_TO_LIVE, /* dontFragment */ true);
        statistics.resetsSent++;
        statistics.segmentsSent++;
    }
}
