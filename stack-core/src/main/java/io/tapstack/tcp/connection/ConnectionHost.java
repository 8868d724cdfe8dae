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
 * The state that all connections of a stack share: memory, timers, counters and limits, and the queues of connections
 * that the next poll resumes.
 */
public final class ConnectionHost {

    /** A connection in a queue of its host. */
    interface Waiting {

        /** The device may accept segments again. */
        void deviceReady(long nowNanos);

        /** The stack has processed all segments of the current burst. */
        void burstEnded(long nowNanos);
    }

    /** Work for the end of the poll, when no connection is processing a segment. */
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
    /** Connections without an application. */
    public final Orphans orphans;

    final TimeWaitTable timeWaits;
    final SynSender synSender;
    /** Fast Open cookies of servers (RFC 7413 4.1.3). */
    public final FastOpenCache fastOpenCache;
    /** The pause of Fast Open after a black hole. */
    public final FastOpenPause fastOpenPause;

    final SentSegmentPool sentSegments = new SentSegmentPool();

    // Filled again for each segment: nothing in them outlives its processing.
    final TcpHeader header = new TcpHeader();
    final AckArrival arrival = new AckArrival();
    final AckSample sample = new AckSample();

    private final ArrayDeque<Waiting> blocked = new ArrayDeque<>();
    private final ArrayDeque<Waiting> inBurst = new ArrayDeque<>();
    private final ArrayDeque<EndOfPoll> endOfPoll = new ArrayDeque<>();

    /** Creates the state that the connections of one stack share. */
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

    /**
     * Calls {@link Waiting#deviceReady} of {@code connection} at the next poll, as the device has no room for its
     * segment.
     */
    void resumeWhenDeviceIsReady(final Waiting connection) {
        blocked.add(connection);
    }

    /**
     * Calls {@link Waiting#burstEnded} of {@code connection} when the burst of segments has ended, so that it decides
     * on an ACK.
     */
    void resumeAfterBurst(final Waiting connection) {
        inBurst.add(connection);
    }

    /** True if a connection waits for room in the device. */
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
