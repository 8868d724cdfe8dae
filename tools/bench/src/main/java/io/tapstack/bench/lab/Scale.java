package io.tapstack.bench.lab;

/**
 * The amount to measure.
 *
 * @param quick true if time matters more than precision
 * @param runs timed runs of each subject
 * @param warmUps untimed runs of each subject before them, besides one whose content is checked
 * @param fileBytes size of the served file
 * @param bulkBytes size of one transfer at tens of Gbit/s
 * @param frameBytes size of one transfer with a system call for each frame
 */
public record Scale(boolean quick, int runs, int warmUps, long fileBytes, long bulkBytes, long frameBytes) {

    private static final long MIB = 1L << 20;

    /** For published results. */
    public static final Scale FULL = new Scale(false, 5, 2, 1024 * MIB, 4096 * MIB, 1024 * MIB);

    /** To check that everything works. */
    public static final Scale QUICK = new Scale(true, 3, 1, 256 * MIB, 1024 * MIB, 256 * MIB);

    /** With another number of timed runs. */
    public Scale withRuns(final int count) {
        return new Scale(quick, count, warmUps, fileBytes, bulkBytes, frameBytes);
    }

    /** With a file and transfers of {@code mebibytes} MiB. */
    public Scale withMebibytes(final long mebibytes) {
        return new Scale(quick, runs, warmUps, mebibytes * MIB, mebibytes * MIB, mebibytes * MIB);
    }

    /** {@code full} of the caller's units: a tenth when quick. */
    public int count(final int full) {
        return quick ? Math.max(1, full / 10) : full;
    }
}
