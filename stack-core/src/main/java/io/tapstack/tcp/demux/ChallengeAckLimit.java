package io.tapstack.tcp.demux;

import java.util.random.RandomGenerator;

/**
 * The limit of challenge ACKs of all connections together (RFC 5961 7), in addition to that of each
 * ({@link DemuxEntry#mayChallenge}). An attacker who exhausts a shared limit of a known size learns how many challenges
 * others have caused (CVE-2016-5696). The size therefore changes each second, from half of the limit to one and a half
 * of it.
 */
public final class ChallengeAckLimit {

    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final RandomGenerator random;
    private final int limit;
    private boolean started;
    private long intervalStart;
    private int left;

    public ChallengeAckLimit(final RandomGenerator random, final int limit) {
        this.random = random;
        this.limit = limit;
    }

    /** Takes one permit of this second; false if none is left. */
    boolean tryTake(final long nowNanos) {
        if (!started || nowNanos - intervalStart >= INTERVAL_NANOS) {
            started = true;
            intervalStart = nowNanos;
            left = limit / 2 + random.nextInt(limit + 1);
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
