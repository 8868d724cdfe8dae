package io.tapstack.bench;

import io.tapstack.bench.measure.Workload;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** The position in a benchmark, and an estimate for the rest, if each subject takes as long as those before it. */
final class Schedule {

    private static final int SECONDS_PER_MINUTE = 60;

    private final LongSupplier nanoTime;
    private final long startNanos;
    private final int workloads;
    private int workloadsDone;
    private int subjectsDone;
    private int subjectsLeft;

    /**
     * Creates a schedule that starts now.
     *
     * @param nanoTime as {@link System#nanoTime()}
     */
    Schedule(final List<Workload> workloads, final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        startNanos = nanoTime.getAsLong();
        this.workloads = workloads.size();
        subjectsLeft = workloads.stream()
                .mapToInt(workload -> workload.subjects().size())
                .sum();
    }

    /** A workload is done. */
    void finished(final Workload workload) {
        workloadsDone++;
        subjectsDone += workload.subjects().size();
        subjectsLeft -= workload.subjects().size();
    }

    /** As in {@code 3 of 21, about 9 min left}; without an estimate before the first workload is done. */
    String position() {
        final String position = workloadsDone + 1 + " of " + workloads;
        if (subjectsDone == 0) {
            return position;
        }
        final long left = (nanoTime.getAsLong() - startNanos) / subjectsDone * subjectsLeft;
        return position + ", about " + roughly(Duration.ofNanos(left)) + " left";
    }

    private static String roughly(final Duration time) {
        final long seconds = Math.max(1, time.toSeconds());
        return seconds < SECONDS_PER_MINUTE
                ? seconds + " s"
                : (seconds + SECONDS_PER_MINUTE / 2) / SECONDS_PER_MINUTE + " min";
    }
}
