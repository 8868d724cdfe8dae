package io.tapstack.tcp.congestion;

import java.util.SplittableRandom;

/**
 * The time of the next bandwidth probe (draft-ietf-ccwg-bbr 5.3.3.5.3): a random two to three seconds, so that flows do
 * not probe in step. On short paths it is the number of rounds in which Reno would grow as much, at most 62.
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

    /** Starts a cycle. */
    void start(final long nowNanos, final long round) {
        startRound = round - random.nextInt(2);
        wait = MIN_WAIT_NANOS + random.nextLong(ADDED_WAIT_NANOS + 1);
        cycleStart = nowNanos;
    }

    /**
     * True if a probe is due.
     *
     * @param targetSegments segments to keep in flight: the rounds of Reno between losses
     */
    boolean isTime(final long nowNanos, final long round, final long targetSegments) {
        return nowNanos - cycleStart > wait || round - startRound >= Math.min(targetSegments, MAX_RENO_ROUNDS);
    }
}
