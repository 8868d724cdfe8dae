package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.StackStatistics;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.demux.ChallengeAckLimit;
import io.tapstack.tcp.demux.ConnectionTable;
import io.tapstack.tcp.demux.InitialSequenceNumber;
import io.tapstack.tcp.fastopen.FastOpenCache;
import io.tapstack.tcp.fastopen.FastOpenPause;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.SentSegmentPool;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.SynSender;
import io.tapstack.tcp.timewait.TimeWaitTable;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayDeque;

/**
 * What a connection needs of its host: the memory, timers, counters and limits that all connections of a stack share,
 * and the two queues of connections that the stack's next poll resumes.
 */
public final class ConnectionHost {

    /** A connection, as the queues of its host see it. */
    interface Waiting {

        /** The device may have room again. */
        void deviceReady(long nowNanos);

        /** All segments that have come for now are processed. */
        void burstEnded(long nowNanos);
    }

    /** Work that waits until no connection is in the middle of anything. */
    interface EndOfPoll {
        void atEndOfPoll(long nowNanos);
    }

    final BufferPool pool;
    final TimerWheel timers;
    final StackStatistics statistics;
    final ConnectionTable connections;
    final InitialSequenceNumber initialSequenceNumber;
    final ResetSender resets;
    final ChallengeAckLimit challengeAcks;
    public final Orphans orphans;
    final TimeWaitTable timeWaits;
    final SynSender synSender;
    public final FastOpenCache fastOpenCache;
    public final FastOpenPause fastOpenPause;
    final SentSegmentPool sentSegments = new SentSegmentPool();

    // Filled anew for each segment: nothing in them outlives its processing.
    final TcpHeader header = new TcpHeader();
    final AckArrival arrival = new AckArrival();
    final AckSample sample = new AckSample();

    private final ArrayDeque<Waiting> blocked = new ArrayDeque<>();
    private final ArrayDeque<Waiting> inBurst = new ArrayDeque<>();
    private final ArrayDeque<EndOfPoll> endOfPoll = new ArrayDeque<>();

    public ConnectionHost(
            final BufferPool pool,
            final TimerWheel timers,
            final StackStatistics statistics,
            final ConnectionTable connections,
            final InitialSequenceNumber initialSequenceNumber,
            final ResetSender resets,
            final ChallengeAckLimit challengeAcks,
            final Orphans orphans,
            final TimeWaitTable timeWaits,
            final SynSender synSender,
            final FastOpenCache fastOpenCache,
            final FastOpenPause fastOpenPause) {
        this.pool = pool;
        this.timers = timers;
        this.statistics = statistics;
        this.connections = connections;
        this.initialSequenceNumber = initialSequenceNumber;
        this.resets = resets;
        this.challengeAcks = challengeAcks;
        this.orphans = orphans;
        this.timeWaits = timeWaits;
        this.synSender = synSender;
        this.fastOpenCache = fastOpenCache;
        this.fastOpenPause = fastOpenPause;
    }

    /** The device has no room for a segment of {@code connection}. */
    void resumeWhenDeviceIsReady(final Waiting connection) {
        blocked.add(connection);
    }

    /** {@code connection} decides on an ACK when the burst of segments has ended. */
    void resumeAfterBurst(final Waiting connection) {
        inBurst.add(connection);
    }

    /** True if a connection waits for the device to have room. */
    public boolean isBlocked() {
        return !blocked.isEmpty();
    }

    /** Does {@code work} at the end of the poll. */
    void atEndOfPoll(final EndOfPoll work) {
        endOfPoll.add(work);
    }

    /** True if a connection waits for the end of a burst, or work for the end of the poll. */
    public boolean isResumeWanted() {
        return !endOfPoll.isEmpty() || !inBurst.isEmpty();
    }

    /** Does the work that waits for the end of the poll. */
    public void endPoll(final long nowNanos) {
        for (int count = endOfPoll.size(); count > 0; count--) {
            endOfPoll.remove().atEndOfPoll(nowNanos);
        }
    }

    /** Resumes the connections that wait for the end of a burst, then those that wait for the device. */
    public void resume(final long nowNanos) {
        for (int count = inBurst.size(); count > 0; count--) {
            inBurst.remove().burstEnded(nowNanos);
        }
        for (int count = blocked.size(); count > 0; count--) {
            blocked.remove().deviceReady(nowNanos);
        }
    }
}
