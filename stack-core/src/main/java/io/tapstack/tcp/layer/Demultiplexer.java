package io.tapstack.tcp.layer;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.InternetLayer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.tcp.connection.Connection;
import io.tapstack.tcp.demux.ConnectionTable;
import io.tapstack.tcp.demux.DemuxEntry;
import io.tapstack.tcp.demux.ListenerTable;
import io.tapstack.tcp.passive.HalfOpen;
import io.tapstack.tcp.passive.HalfOpenArrives;
import io.tapstack.tcp.passive.Listener;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.TcpChecksum;
import io.tapstack.tcp.timewait.TimeWaitRecord;
import io.tapstack.tcp.timewait.TimeWaitTable;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;

/** Finds the receiver of a segment or an ICMP error: a connection, a record of one, or a listener. */
final class Demultiplexer {

    private final InternetLayer internet;
    private final ConnectionTable connections;
    private final ListenerTable<Listener> listeners;
    private final HalfOpenArrives halfOpenArrives;
    private final TimeWaitTable timeWaits;
    private final ResetSender resets;
    private final StackStatistics statistics;
    private final Segment segment = new Segment();

    Demultiplexer(
            final InternetLayer internet,
            final ConnectionTable connections,
            final ListenerTable<Listener> listeners,
            final HalfOpenArrives halfOpenArrives,
            final TimeWaitTable timeWaits,
            final ResetSender resets,
            final StackStatistics statistics) {
        this.internet = internet;
        this.connections = connections;
        this.listeners = listeners;
        this.halfOpenArrives = halfOpenArrives;
        this.timeWaits = timeWaits;
        this.resets = resets;
        this.statistics = statistics;
    }

    /** Processes a segment; see {@link TcpLayer#receive}. */
    void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        statistics.segmentsReceived++;
        if (isWellFormed(packet, info)) {
            deliver(info, nowNanos);
        }
        packet.release();
    }

    private boolean isWellFormed(final PacketBuffer packet, final ReceivedPacket info) {
        if (!info.isUnicast()) {
            // RFC 9293 3.9.2.3 (MUST-57): silently.
            statistics.drop(DropReason.TCP_BROADCAST);
            return false;
        }
        if (packet.contiguousLength() < TcpHeader.MIN_LENGTH) {
            statistics.drop(DropReason.TCP_TOO_SHORT);
            return false;
        }
        if (!packet.checksumTrusted() && !TcpChecksum.isRight(packet, info.pseudoHeaderSum())) {
            statistics.drop(DropReason.TCP_CHECKSUM);
            return false;
        }
        if (!segment.read(packet, info.trafficClass())) {
            statistics.drop(DropReason.TCP_DATA_OFFSET);
            return false;
        }
        segment.headersAt(info.headerOffset(), packet.linkHeaderLength());
        return true;
    }

    private void deliver(final ReceivedPacket info, final long nowNanos) {
        final DemuxEntry owner = connections.find(
                info.destinationHigh(),
                info.destinationLow(),
                segment.destinationPort,
                info.sourceHigh(),
                info.sourceLow(),
                segment.sourcePort);
        if (owner instanceof Connection connection) {
            connection.segmentArrives(segment, nowNanos);
            return;
        }
        if (owner instanceof HalfOpen half) {
            halfOpenArrives.process(half, segment, nowNanos);
            return;
        }
        if (owner instanceof TimeWaitRecord record && !isSuccessor(record)) {
            timeWaits.process(record, segment, nowNanos);
            return;
        }
        final IpAddress from = info.source();
        final IpAddress to = info.destination();
        final IpPath back = internet.path(to, from);
        if (back == null) {
            statistics.drop(DropReason.IP_NO_ROUTE);
            return;
        }
        final Endpoint local = new Endpoint(to, segment.destinationPort);
        final Listener listener = listeners.find(local, new Endpoint(from, segment.sourcePort));
        if (listener != null && segment.sourcePort != 0) {
            listener.segmentArrives(segment, back, nowNanos);
        } else {
            // RFC 9293 3.10.7.1: CLOSED.
            statistics.drop(DropReason.TCP_NO_SOCKET);
            resets.answer(segment, back, nowNanos);
        }
    }

    /**
     * True if the segment is a SYN that opens the next incarnation of a connection in TIME-WAIT (RFC 9293 3.6.1 MAY-2).
     * The record is removed.
     */
    private boolean isSuccessor(final TimeWaitRecord record) {
        if ((segment.flags & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST)) != TcpHeader.SYN) {
            return false;
        }
        final Listener listener = listeners.find(record.local(), record.remote());
        if (listener == null
                || !TimeWaitTable.isNewer(segment, record, listener.config().timestamps())) {
            return false;
        }
        timeWaits.giveWay(record);
        return true;
    }

    /** Processes an ICMP error; see {@link TcpLayer#icmpError}. */
    void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        final int at = quoted.head();
        final ByteBuffer bytes = quoted.memory().bytes();
        final int seq = bytes.getInt(at + TcpHeader.SEQUENCE_OFFSET);
        final DemuxEntry owner = connections.find(
                info.sourceHigh(),
                info.sourceLow(),
                bytes.getShort(at + TcpHeader.SOURCE_PORT_OFFSET) & 0xFFFF,
                info.destinationHigh(),
                info.destinationLow(),
                bytes.getShort(at + TcpHeader.DESTINATION_PORT_OFFSET) & 0xFFFF);
        final boolean applied = owner instanceof Connection connection
                ? connection.icmpError(error, mtu, quoted, info, nowNanos)
                : owner instanceof HalfOpen half && half.icmpError(error, mtu, seq);
        if (!applied) {
            statistics.drop(DropReason.ICMP_UNMATCHED);
        }
    }
}
