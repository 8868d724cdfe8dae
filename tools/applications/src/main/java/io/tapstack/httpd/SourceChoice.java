package io.tapstack.httpd;

import java.util.Arrays;

/**
 * Decides, for one file, whether its next piece is read into memory or sent out of its mapping. A mapping whose pages
 * are in the page tables may be the faster source; one whose pages are not is the slower one, by far on some machines.
 * So the two are measured on the way: the time of pieces, per byte.
 *
 * <p>A file is read at first. Once all of it has been sent, now and then a contest is held: each connection takes two
 * pieces from the one source, then two from the other, and so on, until there are enough samples of both, taken at the
 * same time under the same load. The medians are compared, and the other source must be faster by a margin to be taken.
 * Pages of a mapped piece are put into the page tables before; this preparation of the file must pay for itself, too.
 *
 * <p>Safe for use by several threads. Times are those of {@link System#nanoTime()}.
 */
final class SourceChoice {

    /** Where the bytes of a piece come from. */
    enum Source {
        READ,
        MAPPED
    }

    /** The time per byte that the other source must be below, relative to the present one. */
    static final double MARGIN = 0.9;

    /** How many times the file is sent, at most, until its preparation has paid for itself. */
    static final int PASSES = 4;

    /** Pieces of each source that a contest measures. */
    static final int SAMPLES = 5;

    /** A contest without enough samples ends after this time, and changes nothing. */
    static final long CONTEST_NANOS = 5_000_000_000L;

    /** The time until the next contest, doubled after each that changed nothing. */
    static final long FIRST_PAUSE_NANOS = 1_000_000_000L;

    static final long LONGEST_PAUSE_NANOS = 16_000_000_000L;

    /** Smaller files are read: the system calls for a mapping's pages cost more than there is to gain. */
    static final long SMALLEST_BYTES = 4 << 20;

    /** Measured pieces of one source, in nanoseconds per byte. */
    private static final class Samples {

        private final double[] values = new double[SAMPLES];
        private int count;

        void add(final double value) {
            if (count < SAMPLES) {
                values[count++] = value;
            }
        }

        boolean areEnough() {
            return count == SAMPLES;
        }

        double median() {
            final double[] sorted = Arrays.copyOf(values, count);
            Arrays.sort(sorted);
            return count == 0 ? 0 : sorted[count / 2];
        }

        void clear() {
            count = 0;
        }
    }

    private final long size;
    private final Samples read = new Samples();
    private final Samples mapped = new Samples();
    private final Samples preparation = new Samples();
    private Source present = Source.READ;
    private boolean contest;
    private long contestNanos; // of the present contest's beginning, or of the next one's
    private boolean paused;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long sentBytes;

    /** @param size of the file in bytes */
    SourceChoice(final long size) {
        this.size = size;
    }

    /**
     * The source of a connection's next piece.
     *
     * @param piece the number of pieces that the connection has had
     */
    synchronized Source next(final int piece, final long nowNanos) {
        if (contest && nowNanos - contestNanos > CONTEST_NANOS) {
            end(present, nowNanos);
        }
        if (!contest && isContestDue(nowNanos)) {
            contest = true;
            contestNanos = nowNanos;
            read.clear();
            mapped.clear();
            preparation.clear();
        }
        if (contest) {
            return (piece & 2) == 0 ? Source.READ : Source.MAPPED;
        }
        return present;
    }

    private boolean isContestDue(final long nowNanos) {
        return size >= SMALLEST_BYTES && sentBytes >= size && (!paused || nowNanos - contestNanos >= 0);
    }

    /** Pages of a piece were put into the page tables, where they were not known to be. */
    synchronized void prepared(final long bytes, final long nanos) {
        preparation.add((double) nanos / bytes);
    }

    /** Bytes were sent whose time says nothing: few, or the first ones of a connection from this source. */
    synchronized void sent(final long bytes) {
        sentBytes += bytes;
    }

    /** A piece was sent in {@code nanos}. */
    synchronized void sent(final Source source, final long bytes, final long nanos, final long nowNanos) {
        sentBytes += bytes;
        if (!contest) {
            return;
        }
        (source == Source.READ ? read : mapped).add((double) nanos / bytes);
        if (read.areEnough() && mapped.areEnough()) {
            end(winner(), nowNanos);
        }
    }

    private Source winner() {
        final double readCost = read.median();
        final double mappedCost = mapped.median();
        if (present == Source.MAPPED) {
            return readCost < MARGIN * mappedCost ? Source.READ : Source.MAPPED;
        }
        final boolean pays = preparation.median() <= PASSES * (readCost - mappedCost);
        return mappedCost < MARGIN * readCost && pays ? Source.MAPPED : Source.READ;
    }

    private void end(final Source winner, final long nowNanos) {
        contest = false;
        paused = true;
        pauseNanos = winner == present ? Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos) : FIRST_PAUSE_NANOS;
        contestNanos = nowNanos + pauseNanos;
        present = winner;
    }

    /** True while pages in the page tables are of use. */
    synchronized boolean usesMapping() {
        return contest || present == Source.MAPPED;
    }
}
