package io.tapstack.bench.lab;

import java.time.Duration;

/**
 * The amount to measure.
 *
 * @param quick true if time matters more than precision
 * @param limit the time for all workloads, which the runs and warm-ups give way to; zero for no limit
 * @param runs timed runs of each subject
 * @param warmUps untimed runs of each subject before them, besides one whose content is checked
 * @param fileBytes size of the served file
 * @param bulkBytes size of one transfer at tens of Gbit/s
 * @param frameBytes size of one transfer with a system call for each frame
 */
public record Scale(
        boolean quick, Duration limit, int runs, int warmUps, long fileBytes, long bulkBytes, long frameBytes) {

    private static final long MIB = 1L << 20;

    /** For published results. */
    public static final Scale FULL = new Scale(false, Duration.ZERO, 5, 2, 1024 * MIB, 4096 * MIB, 1024 * MIB);

    /** To check that everything works, in five minutes, with the time that the last workload may take too long. */
    public static final Scale QUICK = new Scale(true, Duration.ofMinutes(4), 3, 1, 256 * MIB, 1024 * MIB, 256 * MIB);

    /** With another number of timed runs, however long they take. */
    public Scale withRuns(final int count) {
        return new Scale(quick, Duration.ZERO, count, warmUps, fileBytes, bulkBytes, frameBytes);
    }

    /** With a file and transfers of {@code mebibytes} MiB. */
    public Scale withMebibytes(final long mebibytes) {
        return new Scale(quick, limit, runs, warmUps, mebibytes * MIB, mebibytes * MIB, mebibytes * MIB);
    }

    /** {@code full} of the caller's units: a tenth when quick. */
    public int count(final int full) {
        return quick ? Math.max(1, full / 10) : full;
    }
}
