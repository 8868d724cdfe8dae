package io.tapstack.bench.lab;

/**
 * How much is measured.
 *
 * @param quick whether figures matter less than time
 * @param runs timed runs of each subject
 * @param warmUps runs of each subject before, whose time does not count; one whose content is checked comes on top
 * @param fileBytes size of the file that is served
 * @param bulkBytes size of one transfer where tens of Gbit/s are expected
 * @param frameBytes size of one transfer where each frame is a system call
 */
public record Scale(boolean quick, int runs, int warmUps, long fileBytes, long bulkBytes, long frameBytes) {

    private static final long MIB = 1L << 20;

    /** What the results are made with. */
    public static final Scale FULL = new Scale(false, 5, 2, 1024 * MIB, 4096 * MIB, 1024 * MIB);

    /** Enough to see that nothing is broken. */
    public static final Scale QUICK = new Scale(true, 3, 1, 256 * MIB, 1024 * MIB, 256 * MIB);

    /** With another number of timed runs. */
    public Scale withRuns(final int count) {
        return new Scale(quick, count, warmUps, fileBytes, bulkBytes, frameBytes);
    }

    /** With a file and transfers of so many MiB. */
    public Scale withMebibytes(final long mebibytes) {
        return new Scale(quick, runs, warmUps, mebibytes * MIB, mebibytes * MIB, mebibytes * MIB);
    }

    /** So many of whatever the caller counts: a tenth when quick. */
    public int count(final int full) {
        return quick ? Math.max(1, full / 10) : full;
    }
}
