package io.tapstack.bench.measure;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The time that a benchmark may take, dealt out to its workloads: each gets the share of its subjects in the time that
 * is left, so that one which took longer takes from all that follow. A share limits the repetitions; every subject is
 * checked and measured once, whatever time is left. When no time is left, no further workload begins.
 */
public final class Budget {

    private final LongSupplier nanoTime;
    private final boolean limited;
    private final long endNanos;
    private int subjectsLeft;

    private Budget(
            final boolean limited, final long nanos, final List<Workload> workloads, final LongSupplier nanoTime) {
        this.limited = limited;
        this.nanoTime = nanoTime;
        this.endNanos = nanoTime.getAsLong() + nanos;
        this.subjectsLeft = workloads.stream()
                .mapToInt(workload -> workload.subjects().size())
                .sum();
    }

    /**
     * A budget that begins now.
     *
     * @param total the time for all workloads; zero for no limit
     * @param workloads to be measured
     * @param nanoTime as {@link System#nanoTime()}
     */
    public static Budget of(final Duration total, final List<Workload> workloads, final LongSupplier nanoTime) {
        return new Budget(!total.isZero(), total.toNanos(), workloads, nanoTime);
    }

    /** True if no workload may begin. */
    public boolean isSpent() {
        return limited && left(endNanos) <= 0;
    }

    /** The share of the next workload, which begins now. */
    public Share next(final Workload workload) {
        final int subjects = workload.subjects().size();
        final long share = Math.max(0, left(endNanos)) / Math.max(1, subjectsLeft) * subjects;
        subjectsLeft -= subjects;
        return new Share(nanoTime.getAsLong() + share);
    }

    private long left(final long untilNanos) {
        return untilNanos - nanoTime.getAsLong();
    }

    /** The time of one workload. */
    public final class Share {

        private final long shareEndNanos;

        private Share(final long shareEndNanos) {
            this.shareEndNanos = shareEndNanos;
        }

        /** True if {@code turns} more of {@code nanos} each end within the share. */
        boolean allows(final int turns, final long nanos) {
            return !limited || left(shareEndNanos) >= turns * nanos;
        }

        /** The time, as {@link System#nanoTime()}. */
        long now() {
            return nanoTime.getAsLong();
        }
    }
}
