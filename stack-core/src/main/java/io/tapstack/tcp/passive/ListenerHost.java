package io.tapstack.tcp.passive;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.StackStatistics;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.demux.ConnectionTable;
import io.tapstack.tcp.demux.ListenerTable;
import io.tapstack.tcp.segment.ResetSender;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.timewait.SequenceNumberSelection;
import io.tapstack.time.TimerWheel;
import java.util.random.RandomGenerator;

/**
 * What a listener needs of its host: the memory, timers, tables and senders that all listeners of a stack share.
 *
 * @param sequenceNumbers for initial sequence numbers, and the offsets of timestamp clocks
 * @param recalled a segment to recall a SYN in; the next caller takes it again
 * @param random a source of keys
 * @param opens makes the connections
 */
public record ListenerHost(
        BufferPool pool,
        TimerWheel timers,
        StackStatistics statistics,
        ConnectionTable connections,
        ListenerTable<Listener> listeners,
        SequenceNumberSelection sequenceNumbers,
        ResetSender resets,
        HalfOpenArrives halfOpenArrives,
        SynCookies cookies,
        Segment recalled,
        RandomGenerator random,
        PassiveOpens opens) {

    /** Keys that no client knows. */
    FastOpenKeys newFastOpenKeys() {
        final byte[] key = new byte[FastOpenKeys.KEY_BYTES];
        random.nextBytes(key);
        return FastOpenKeys.of(key);
    }
}
