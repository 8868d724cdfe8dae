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
 * Connections in TIME-WAIT, one record each. For 2 MSL the last ACK can be repeated, and old segments expire (RFC 9293
 * 3.6.1). At the limit the record that expires first is removed; a record also makes way for a new incarnation of its
 * connection, whose numbers then start ahead (RFC 9293 3.6.1 MAY-2, RFC 6191).
 */
public final class TimeWaitTable {

    private static final int AHEAD_OF_PREDECESSOR = 65_537;

    private final ConnectionTable connections;
    private final StackStatistics statistics;
    private final int limit;
    private final RecordQueue<TimeWaitRecord> queue;
    private final TimeWaitArrives arrives;

    // The record whose 4-tuple a new connection takes over.
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

    /** Number of connections in TIME-WAIT. */
    public int size() {
        return queue.size();
    }

    /** Replaces {@code connection}, which has just entered TIME-WAIT, by {@code record}. */
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

    /** Ends TIME-WAIT; has no effect if it has ended. */
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

    /** SEGMENT ARRIVES in TIME-WAIT, for a segment that opens no new connection. */
    public void process(final TimeWaitRecord record, final Segment segment, final long nowNanos) {
        arrives.process(record, segment, nowNanos);
    }

    /**
     * RFC 6191 2: true if a SYN opens a new incarnation, as it cannot be an old duplicate: by its timestamp, or by its
     * sequence number if timestamps decide nothing.
     */
    public static boolean isNewer(final Segment syn, final TimeWaitRecord previous, final boolean timestampsAllowed) {
        final boolean beyond = SequenceNumber.greaterThan(syn.seq, previous.rcvNxt);
        if (!timestampsAllowed || !syn.options.hasTimestamps()) {
            return beyond;
        }
        final Timestamps timestamps = previous.timestamps;
        if (timestamps == null) {
            // Old segments of the previous incarnation have no timestamps, and are dropped for that.
            return true;
        }
        final int sinceTheLast = SequenceNumber.distance(timestamps.tsRecent(), syn.options.timestampValue());
        return sinceTheLast > 0 || sinceTheLast == 0 && beyond;
    }

    /** Makes way for a new incarnation, whose ISS is chosen next. */
    public void giveWay(final TimeWaitRecord record) {
        predecessor = record;
        remove(record);
    }

    /** Returns the ISS of a new connection: from the clock (RFC 6528), or ahead of a fast predecessor. */
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

    /** True if an ACK waits for room in the device. */
    public boolean isBlocked() {
        return arrives.owed().isWaiting();
    }

    /** Sends the ACKs for which the device had no room. */
    public void resume(final long nowNanos) {
        arrives.owed().resume(nowNanos);
    }

    /** Removes all records when the stack shuts down. */
    public void clear() {
        queue.clear(this::over);
        arrives.owed().clear();
    }
}
