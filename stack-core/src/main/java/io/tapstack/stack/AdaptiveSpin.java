package io.tapstack.stack;

/**
 * Decides for how long a thread looks for the next frame before it sleeps. It looks where looking has lately paid:
 * where most looks found something, and then only for a few times as long as that took. A look costs processor time,
 * which the sender of the frame may need; a sleep and its wake-up cost tens of microseconds on both sides.
 *
 * <p>While looking does not pay, it is tried more and more rarely, down to once in {@value #MOST_SKIPPED} waits. Only
 * waits are counted: an idle stack has none, and takes no processor time.
 *
 * <p>Confined to one thread, or to the lock that guards it.
 */
final class AdaptiveSpin {

    /** Waits between two trials at most: a trial in vain then costs less than 50 ns a wait. */
    static final int MOST_SKIPPED = 1_024;

    /** The average when all looks have found something. */
    private static final int ALL = 1 << 16;

    /** The average from which on looking pays. */
    private static final int HALF = ALL / 2;

    /** The averages forget half of what they know in about 5 looks. */
    private static final int WEIGHT_SHIFT = 3;

    /** A look ends after this many times the usual time. */
    private static final int PATIENCE = 4;

    /** Shortest look: about three system calls. */
    private static final long SHORTEST_NANOS = 2_000;

    private final long limitNanos;

    // Averages over the last looks: the share that found something, of ALL, and the time until then.
    private int found;
    private long foundAfterNanos;

    // While looking does not pay: the waits between two trials, and those since the last one.
    private int skip;
    private int skipped;

    /**
     * Creates one without experience.
     *
     * @param limitNanos longest look
     */
    AdaptiveSpin(final long limitNanos) {
        this.limitNanos = limitNanos;
        this.foundAfterNanos = limitNanos;
    }

    /** The longest time to look now in nanoseconds, or 0 to sleep at once; called once a wait. */
    long budgetNanos() {
        if (found >= HALF) {
            return Math.min(limitNanos, SHORTEST_NANOS + PATIENCE * foundAfterNanos);
        }
        if (skipped < skip) {
            skipped++;
            return 0;
        }
        skipped = 0;
        return limitNanos;
    }

    /** Records a look of {@code nanos}, and whether it found something. */
    void looked(final long nanos, final boolean hasFound) {
        found += ((hasFound ? ALL : 0) - found) >> WEIGHT_SHIFT;
        if (hasFound) {
            foundAfterNanos += (nanos - foundAfterNanos) >> WEIGHT_SHIFT;
            skip = 0;
        } else {
            skip = Math.min(2 * skip + 1, MOST_SKIPPED);
        }
    }
}
