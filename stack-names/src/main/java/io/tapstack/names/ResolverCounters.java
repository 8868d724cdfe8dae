package io.tapstack.names;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a resolver has done so far. Any thread may call. */
public final class ResolverCounters {

    /** Something that is counted. */
    public enum Event {
        /** A query was sent, a repeated one included. */
        QUERY,
        /** A query was sent over TCP, because its answer was truncated or forged ones had arrived. */
        QUERY_OVER_TCP,
        /** A server did not answer in time. */
        TIMEOUT,
        /** A server could not be reached. */
        UNREACHABLE,
        /** A server answered that it has no answer, such as SERVFAIL. */
        SERVER_FAILURE,
        /** A name was answered by the cache; also that it does not exist. */
        CACHE_HIT
    }

    private final LongAdder[] events = adders(Event.values().length);
    private final LongAdder[] drops = adders(AnswerDrop.values().length);

    ResolverCounters() {}

    private static LongAdder[] adders(final int count) {
        final LongAdder[] adders = new LongAdder[count];
        Arrays.setAll(adders, i -> new LongAdder());
        return adders;
    }

    void count(final Event event) {
        events[event.ordinal()].increment();
    }

    void count(final AnswerDrop reason) {
        drops[reason.ordinal()].increment();
    }

    /** The number of events of a kind. */
    public long events(final Event event) {
        return events[event.ordinal()].sum();
    }

    /** The number of messages that were dropped for {@code reason}. */
    public long dropped(final AnswerDrop reason) {
        return drops[reason.ordinal()].sum();
    }

    /** All messages that were dropped, by reason; without those of which there were none. */
    public Map<AnswerDrop, Long> dropped() {
        final Map<AnswerDrop, Long> dropped = new EnumMap<>(AnswerDrop.class);
        for (final AnswerDrop reason : AnswerDrop.values()) {
            if (dropped(reason) > 0) {
                dropped.put(reason, dropped(reason));
            }
        }
        return dropped;
    }
}
