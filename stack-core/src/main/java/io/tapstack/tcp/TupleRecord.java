package io.tapstack.tcp;

import io.tapstack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/** What stands for a connection that does not exist yet or any more, for a limited time: an entry of a {@link RecordQueue}. */
abstract sealed class TupleRecord extends TupleOwner permits HalfOpen, TimeWaitRecord {

    private static final int NOWHERE = -1;

    // RFC 5961 7: as a connection has it, made when the first challenge is answered.
    private static final int CHALLENGE_ACKS = 10;
    private static final long CHALLENGE_INTERVAL_NANOS = 5_000_000_000L;

    /** When something is to be done with it. */
    long deadlineNanos;

    /** Where it stands in its queue. */
    int place = NOWHERE;

    private @Nullable RateLimit challengeAcks;

    TupleRecord(final IpPath path, final int localPort, final int remotePort) {
        super(path, localPort, remotePort);
    }

    /** True if a suspicious segment may be answered: not too often (RFC 5961 7). */
    final boolean mayChallenge(final long nowNanos) {
        RateLimit limit = challengeAcks;
        if (limit == null) {
            limit = new RateLimit(CHALLENGE_ACKS, CHALLENGE_INTERVAL_NANOS);
            challengeAcks = limit;
        }
        return limit.tryTake(nowNanos);
    }

    /** True while it stands in its queue; what does not is over. */
    final boolean isQueued() {
        return place != NOWHERE;
    }

    final void left() {
        place = NOWHERE;
    }
}
