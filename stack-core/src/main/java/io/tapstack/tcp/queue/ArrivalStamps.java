package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Arrival times of received bytes until they are read (Linux's SO_TIMESTAMP and SO_TIMESTAMPING), as ranges in order of
 * sequence number. Created only if the application enables it.
 */
public final class ArrivalStamps {

    /** The arrival time is unknown. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * Limit of the ranges; beyond it the last one grows and takes the time of its latest part, as on Linux where
     * segments are joined.
     */
    static final int MAX_STRETCHES = 1_024;

    private int[] starts = new int[4];
    private int[] ends = new int[4];
    private long[] times = new long[4];
    private int count;

    /** Records the arrival of the bytes from {@code start} to {@code end}. */
    public void arrived(final int start, final int end, final long nowNanos) {
        int at = count;
        while (at > 0 && SequenceNumber.greaterThan(starts[at - 1], start)) {
            at--;
        }
        if (at > 0 && SequenceNumber.greaterOrEqual(ends[at - 1], end)) {
            return; // These bytes have arrived before.
        }
        if (count == MAX_STRETCHES) {
            ends[count - 1] = SequenceNumber.max(ends[count - 1], end);
            times[count - 1] = nowNanos;
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            times = Arrays.copyOf(times, 2 * count);
        }
        move(at, at + 1);
        starts[at] = start;
        ends[at] = end;
        times[at] = nowNanos;
        count++;
    }

    /** Returns the arrival time of the byte {@code sequence}. */
    public long of(final int sequence) {
        for (int i = 0; i < count; i++) {
            if (SequenceNumber.greaterThan(ends[i], sequence)) {
                return SequenceNumber.lessOrEqual(starts[i], sequence) ? times[i] : UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    /** Removes the times of bytes before {@code sequence}, which are read. */
    public void forgetBefore(final int sequence) {
        int gone = 0;
        while (gone < count && SequenceNumber.lessOrEqual(ends[gone], sequence)) {
            gone++;
        }
        if (gone > 0) {
            move(gone, 0);
            count -= gone;
        }
    }

    private void move(final int from, final int to) {
        System.arraycopy(starts, from, starts, to, count - from);
        System.arraycopy(ends, from, ends, to, count - from);
        System.arraycopy(times, from, times, to, count - from);
    }
}
