package io.tapstack.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** A set of sequence numbers, kept as ranges. */
final class SequenceSet {

    private static final long SPACE = 1L << 32;

    // From the first number of a range to the one behind its last; they neither overlap nor touch.
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    void add(final int from, final int length) {
        final long start = Integer.toUnsignedLong(from);
        if (length <= 0) {
            return;
        }
        if (start + length > SPACE) {
            addRange(0, start + length - SPACE);
        }
        addRange(start, Math.min(start + length, SPACE));
    }

    private void addRange(final long from, final long to) {
        long start = from;
        long end = to;
        for (Map.Entry<Long, Long> near = ranges.floorEntry(end);
                near != null && near.getValue() >= start;
                near = ranges.floorEntry(end)) {
            start = Math.min(start, near.getKey());
            end = Math.max(end, near.getValue());
            ranges.remove(near.getKey());
        }
        ranges.put(start, end);
    }

    /** True if all of {@code length} numbers from {@code from} on are in the set. */
    boolean covers(final int from, final int length) {
        final long start = Integer.toUnsignedLong(from);
        if (start + length > SPACE) {
            return coversRange(start, SPACE) && coversRange(0, start + length - SPACE);
        }
        return length <= 0 || coversRange(start, start + length);
    }

    private boolean coversRange(final long from, final long to) {
        final Map.Entry<Long, Long> around = ranges.floorEntry(from);
        return around != null && around.getValue() >= to;
    }

    /** How many numbers from {@code from} on are in the set, up to {@code atMost}. */
    int lengthFrom(final int from, final int atMost) {
        int length = 0;
        while (length < atMost) {
            final long start = Integer.toUnsignedLong(from + length);
            final Map.Entry<Long, Long> around = ranges.floorEntry(start);
            if (around == null || around.getValue() <= start) {
                break;
            }
            length += (int) Math.min(around.getValue() - start, atMost - length);
        }
        return length;
    }

    /**
     * The first range that begins after {@code from}, as (start, length), or nothing if there is none within
     * {@code reach}.
     */
    int[] rangeAfter(final int from, final int reach) {
        for (final Map.Entry<Long, Long> range : ranges.entrySet()) {
            final int start = range.getKey().intValue();
            if (start - from > 0 && start - from < reach) {
                return new int[] {start, (int) (range.getValue() - range.getKey())};
            }
        }
        return new int[0];
    }
}
