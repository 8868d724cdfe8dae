package io.tapstack.tcp.timewait;

import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.demux.ChallengeAckLimit;
import io.tapstack.tcp.demux.ConnectionTable;
import io.tapstack.tcp.demux.DemuxEntry;
import io.tapstack.tcp.demux.RecordQueue;
import io.tapstack.tcp.segment.BareSegmentSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * Connections in TIME-WAIT, each as a record: 2 MSL long our last ACK can be repeated and old segments die (RFC 9293
 * 3.6.1). The number is limited; when it is reached, the record that would leave first leaves early. A record gives way
 * to a new incarnation of its connection, whose numbers then start ahead (RFC 9293 3.6.1 MAY-2, RFC 6191).
 */
public final class TimeWaitTable {

    private static final int AHEAD_OF_PREDECESSOR = 65_537;

    private final ConnectionTable connections;
    private final StackStatistics statistics;
    private final int limit;
    private final RecordQueue<TimeWaitRecord> queue;
    private final TimeWaitArrives arrives;

    // Whose 4-tuple is being taken over.
    private @Nullable TimeWaitRecord predecessor;

    public TimeWaitTable(
            final ConnectionTable connections,
            final TimerWheel timers,
            final StackStatistics statistics,
            final BareSegmentSender sender,
            final ChallengeAckLimit challengeAcks,
            final int limit) {
        this.connections = connections;
        this.statistics = statistics;
        this.limit = limit;
        this.queue = new RecordQueue<>(timers, (record, now) -> over(record));
        this.arrives = new TimeWaitArrives(statistics, sender, challengeAcks, queue, this::remove);
    }

    public int size() {
        return queue.size();
    }

    /** {@code record} takes the place of {@code connection}, which has just entered TIME-WAIT. */
    public TimeWaitRecord add(final DemuxEntry connection, final TimeWaitRecord record, final long nowNanos) {
        final TimeWaitRecord first = queue.first();
        if (first != null && queue.size() >= limit) {
            statistics.timeWaitsEvicted++;
            remove(first);
        }
        connections.remove(connection);
        connections.add(record);
        queue.add(record, nowNanos + record.durationNanos);
        return record;
    }

    /** Ends TIME-WAIT; does nothing if it is over. */
    public void remove(final TimeWaitRecord record) {
        if (record.isQueued()) {
            queue.remove(record);
            over(record);
        }
    }

    private void over(final TimeWaitRecord record) {
        connections.remove(record);
        statistics.observer().stateChanged(record, TcpState.TIME_WAIT, TcpState.CLOSED);
    }

    /** SEGMENT ARRIVES, unless the record gives way to a new connection. */
    public void process(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        arrives.process(record, segment, nowNanos);
    }

    /**
     * RFC 6191 2: whether a SYN opens a new incarnation, for it cannot be an old duplicate; by its timestamp, and by
     * its sequence number if that decides nothing.
     */
    public static boolean isNewer(final Segment syn, final TimeWaitRecord previous, final boolean timestampsAllowed) {
        final boolean beyond = SequenceNumber.greaterThan(syn.seq, previous.rcvNxt);
        if (!timestampsAllowed || !syn.options.hasTimestamps()) {
            return beyond;
        }
        final Timestamps timestamps = previous.timestamps;
        if (timestamps == null) {
            // What is left of the previous one has no timestamps, and will be dropped for that.
            return true;
        }
        final int sinceTheLast = SequenceNumber.distance(timestamps.tsRecent(), syn.options.timestampValue());
        return sinceTheLast > 0 || sinceTheLast == 0 && beyond;
    }

    /** A new incarnation begins: its ISS is asked for next. */
    public void giveWay(final TimeWaitRecord record) {
        predecessor = record;
        remove(record);
    }

    /** ISS for a connection that starts now: that of the clock (RFC 6528), which a fast predecessor may have outrun. */
    int ahead(final IpPath path, final int localPort, final int remotePort, final int clocked) {
        final TimeWaitRecord before = predecessor;
        predecessor = null;
        if (before == null) {
            return clocked;
        }
        final boolean follows = before.localPort() == localPort
                && before.remotePort() == remotePort
                && before.path.source().equals(path.source())
                && before.path.destination().equals(path.destination());
        return follows ? SequenceNumber.max(clocked, before.sndNxt + AHEAD_OF_PREDECESSOR) : clocked;
    }

    /** True if an ACK waits for the device to have room. */
    public boolean isBlocked() {
        return arrives.owed().isWaiting();
    }

    /** Sends the ACKs that the device had no room for. */
    public void resume(final long nowNanos) {
        arrives.owed().resume(nowNanos);
    }

    /** The stack goes down. */
    public void clear() {
        queue.clear(this::over);
        arrives.owed().clear();
    }
}
