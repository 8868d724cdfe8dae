package io.tapstack.tcp.congestion;

import java.util.SplittableRandom;

/**
 * When to probe for bandwidth (draft-ietf-ccwg-bbr 5.3.3.5.3): after two to three seconds, at random so that flows do
 * not probe in step, or, on short paths, after as many rounds as Reno would need to grow by as much, 62 at most.
 */
final class ProbeSchedule {

    private static final long MIN_WAIT_NANOS = 2_000_000_000L;
    private static final long ADDED_WAIT_NANOS = 1_000_000_000L;
    private static final int MAX_RENO_ROUNDS = 63;

    private final SplittableRandom random;
    private long wait;
    private long cycleStart;
    private long startRound;

    ProbeSchedule(final long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** A cycle begins. */
    void start(final long nowNanos, final long round) {
        startRound = round - random.nextInt(2);
        wait = MIN_WAIT_NANOS + random.nextLong(ADDED_WAIT_NANOS + 1);
        cycleStart = nowNanos;
    }

    /** @param targetSegments segments that are to be in flight: Reno's rounds between losses */
    boolean isTime(final long nowNanos, final long round, final long targetSegments) {
        return nowNanos - cycleStart > wait || round - startRound >= Math.min(targetSegments, MAX_RENO_ROUNDS);
    }
}
