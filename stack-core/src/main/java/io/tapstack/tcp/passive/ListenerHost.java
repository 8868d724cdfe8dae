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
 * The parts of the stack that all its listeners share: memory, timers, tables and senders.
 *
 * @param sequenceNumbers initial sequence numbers, and the offsets of timestamp clocks
 * @param recalled the segment in which a SYN is recalled; valid until the next use
 * @param random source of keys
 * @param opens creates the connections
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

    /** Makes random Fast Open keys. */
    FastOpenKeys newFastOpenKeys() {
        final byte[] key = new byte[FastOpenKeys.KEY_BYTES];
        random.nextBytes(key);
        return FastOpenKeys.of(key);
    }
}
