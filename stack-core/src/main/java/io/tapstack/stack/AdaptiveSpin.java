package io.tapstack.stack;

/**
 * Decides for how long a driver looks for the next frame before it goes to sleep. To look costs processor time, and
 * whoever is to send the frame may need that very processor; to sleep and to be woken up costs more, and tens of
 * microseconds of everybody's time. So a driver looks where looking has lately paid: where most looks found something,
 * and then only for a few times as long as that took.
 *
 * <p>While looking does not pay, it is tried again, but more and more rarely, down to once in {@value #MOST_SKIPPED}
 * waits. All that is counted is waits: when nothing happens there are none, and no processor time is taken.
 *
 * <p>Confined to the driver.
 */
final class AdaptiveSpin {

    /** Waits between two trials at most: a trial in vain then costs less than 50 ns a wait. */
    static final int MOST_SKIPPED = 1_024;

    /** All looks have found something. */
    private static final int ALL = 1 << 16;

    /** Looking pays from here on. */
    private static final int HALF = ALL / 2;

    /** The averages forget half of what they know in about 5 looks. */
    private static final int WEIGHT_SHIFT = 3;

    /** A look is given up after so many times the usual. */
    private static final int PATIENCE = 4;

    /** But not earlier than this: about three system calls. */
    private static final long SHORTEST_NANOS = 2_000;

    private final long limitNanos;

    // Averages over the last looks: how many have found something, of ALL, and when.
    private int found;
    private long foundAfterNanos;

    // While looking does not pay: the waits between two trials, and those since the last one.
    private int skip;
    private int skipped;

    /**
     * One that has yet to learn whether looking pays.
     *
     * @param limitNanos longest look
     */
    AdaptiveSpin(final long limitNanos) {
        this.limitNanos = limitNanos;
        this.foundAfterNanos = limitNanos;
    }

    /** For how many nanoseconds to look this time, or 0 to sleep at once; asked once a wait. */
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

    /** A look has ended after so long, because there was something or in vain. */
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
