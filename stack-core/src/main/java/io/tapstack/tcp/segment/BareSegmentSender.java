package io.tapstack.tcp.segment;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/** Sends segments without payload for records and resets, which have no connection. */
public final class BareSegmentSender {

    private final BufferPool pool;
    private final StackStatistics statistics;
    private final TcpHeader header = new TcpHeader();

    public BareSegmentSender(final BufferPool pool, final StackStatistics statistics) {
        this.pool = pool;
        this.statistics = statistics;
    }

    /**
     * Sends a segment without payload.
     *
     * @param window window field of the header
     * @param timestamps of the connection, or null if it has none
     * @param timeToLive IP_TTL
     * @param trafficClass IP_TOS
     */
    public SendStatus send(
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int seq,
            final int ack,
            final int flags,
            final int window,
            final @Nullable Timestamps timestamps,
            final int timeToLive,
            final int trafficClass,
            final long nowNanos) {
        final int length = TcpHeader.MIN_LENGTH + (timestamps == null ? 0 : TcpOptions.TIMESTAMPS_LENGTH);
        final PacketBuffer packet = pool.packet(path.headroom() + length, path.headroom());
        final int at = packet.append(length);
        header.wrap(packet.memory().bytes(), at).write(localPort, remotePort, seq, ack, length, flags, window, 0);
        if (timestamps != null) {
            TcpOptions.writeTimestamps(
                    packet.memory().bytes(), at + TcpHeader.MIN_LENGTH, timestamps.value(nowNanos), timestamps.echo());
        }
        return hand(packet, at, path, timeToLive, trafficClass);
    }

    /** Writes the checksum of the segment that starts at {@code at}, and passes the packet to the IP layer. */
    SendStatus hand(
            final PacketBuffer packet, final int at, final IpPath path, final int timeToLive, final int trafficClass) {
        final long pseudo = InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.TCP);
        TcpChecksum.write(packet, at, pseudo, path.checksumOffload());
        statistics.segmentsSent++;
        return path.send(packet, IpProtocol.TCP, trafficClass, timeToLive, /* dontFragment */ true);
    }
}
