package io.tapstack.icmp;

import io.tapstack.wire.SipHash;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Token buckets for ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4 f): one for all errors, and one for each group of
 * destinations that share a slot of a keyed hash, which bounds the memory. A bucket is stored as the time at which it
 * will be full again (the "virtual scheduling" form), so that it needs no refill.
 */
public final class IcmpRateLimit {

    private static final int SLOTS = 256;
    private static final long SECOND = 1_000_000_000L;

    private final SipHash hash;
    private final long intervalNanos;
    private final long burstNanos;
    private final long intervalToOneNanos;
    private final long burstToOneNanos;
    private final long[] fullAt = new long[SLOTS];
    private long allFullAt;

    /** @param nowNanos the time at which all buckets are full */
    public IcmpRateLimit(final IcmpRates rates, final RandomGenerator random, final long nowNanos) {
        this.hash = SipHash.random(random);
        this.intervalNanos = SECOND / rates.perSecond();
        this.burstNanos = intervalNanos * rates.burst();
        this.intervalToOneNanos = SECOND / rates.perSecondToOne();
        this.burstToOneNanos = intervalToOneNanos * rates.burstToOne();
        this.allFullAt = nowNanos;
        Arrays.fill(fullAt, nowNanos);
    }

    /** Takes a token from both buckets, if both have one; the destination is an address in halves. */
    public boolean allows(final long destinationHigh, final long destinationLow, final long nowNanos) {
        final int slot = (int) hash.hash(destinationHigh, destinationLow) & (SLOTS - 1);
        final long one = next(fullAt[slot], intervalToOneNanos, nowNanos);
        final long all = next(allFullAt, intervalNanos, nowNanos);
        if (one - nowNanos > burstToOneNanos || all - nowNanos > burstNanos) {
            return false;
        }
        fullAt[slot] = one;
        allFullAt = all;
        return true;
    }

    private static long next(final long fullAt, final long intervalNanos, final long nowNanos) {
        return (fullAt - nowNanos > 0 ? fullAt : nowNanos) + intervalNanos;
    }
}
