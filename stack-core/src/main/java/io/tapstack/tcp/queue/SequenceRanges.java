package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/** A set of sequence numbers, as ordered ranges that neither overlap nor touch, with binary search. */
final class SequenceRanges {

    private int[] left = new int[4];
    private int[] right = new int[4];
    private int count;

    int count() {
        return count;
    }

    int left(final int index) {
        return left[index];
    }

    int right(final int index) {
        return right[index];
    }

    /** Index of the range that contains {@code sequence}, or -1. */
    int find(final int sequence) {
        final int index = firstEndingAfter(sequence);
        return index < count && SequenceNumber.lessOrEqual(left[index], sequence) ? index : -1;
    }

    /** Index of the first range that ends after {@code sequence}; {@link #count()} if there is none. */
    int firstEndingAfter(final int sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.greaterThan(right[middle], sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Adds the range from {@code from} to {@code to}. */
    void add(final int from, final int to) {
        int start = from;
        int end = to;
        final int first = firstEndingAfter(from - 1); // touching is as good as overlapping
        int behind = first;
        while (behind < count && SequenceNumber.lessOrEqual(left[behind], to)) {
            start = SequenceNumber.min(start, left[behind]);
            end = SequenceNumber.max(end, right[behind]);
            behind++;
        }
        makeRoom(first, behind);
        left[first] = start;
        right[first] = end;
    }

    /** Removes sequence numbers before {@code sequence}. */
    void removeBefore(final int sequence) {
        final int first = firstEndingAfter(sequence);
        if (first > 0) {
            replace(0, first, 0);
        }
        if (count > 0) {
            left[0] = SequenceNumber.max(left[0], sequence);
        }
    }

    /** Removes sequence numbers from {@code sequence} on. */
    void removeFrom(final int sequence) {
        final int first = firstEndingAfter(sequence);
        if (first < count && SequenceNumber.lessThan(left[first], sequence)) {
            right[first] = sequence;
            count = first + 1;
        } else {
            count = first;
        }
    }

    void clear() {
        count = 0;
    }

    /** Replaces the ranges from {@code first} up to, but without, {@code behind} by one place. */
    private void makeRoom(final int first, final int behind) {
        if (behind == first && count == left.length) {
            left = Arrays.copyOf(left, 2 * count);
            right = Arrays.copyOf(right, 2 * count);
        }
        replace(first, behind, 1);
    }

    private void replace(final int first, final int behind, final int places) {
        System.arraycopy(left, behind, left, first + places, count - behind);
        System.arraycopy(right, behind, right, first + places, count - behind);
        count += places - (behind - first);
    }
}
