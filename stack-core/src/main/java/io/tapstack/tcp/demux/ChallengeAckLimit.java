package io.tapstack.tcp.demux;

import java.util.random.RandomGenerator;

/**
 * The limit on the challenge ACKs of all connections together (RFC 5961 7), behind that of each
 * ({@link DemuxEntry#mayChallenge}). A common limit of a known size tells whoever uses it up how many challenges others
 * have caused (CVE-2016-5696), so its size changes each second: from half of the limit to one and a half of it.
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

    /** Takes one, if there is one left in this second. */
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
