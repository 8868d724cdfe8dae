package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Scoreboard entries in order of sequence number: a ring whose capacity is a power of two, with binary search. An
 * insertion or a removal moves the shorter side.
 */
final class SentSegmentRing {

    private static final SentSegment[] NONE = {};
    private static final int SMALLEST = 8;
    /** An array longer than this is released when the ring is empty. */
    private static final int LARGEST_IDLE = 256;

    private SentSegment[] places = NONE;
    private int head;
    private int count;

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    SentSegment at(final int index) {
        return places[(head + index) & (places.length - 1)];
    }

    SentSegment last() {
        return at(count - 1);
    }

    /** Index of the first entry that ends after {@code sequence}. */
    int firstEndingAfter(final int sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.greaterThan(at(middle).end, sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    void append(final SentSegment segment) {
        insert(count, segment);
    }

    void insert(final int index, final SentSegment segment) {
        if (count == places.length) {
            grow();
        }
        final int mask = places.length - 1;
        if (index < count / 2) {
            head = (head - 1) & mask;
            for (int i = 0; i < index; i++) {
                places[(head + i) & mask] = places[(head + i + 1) & mask];
            }
        } else {
            for (int i = count; i > index; i--) {
                places[(head + i) & mask] = places[(head + i - 1) & mask];
            }
        }
        places[(head + index) & mask] = segment;
        count++;
    }

    void removeFirst() {
        head = (head + 1) & (places.length - 1);
        count--;
        if (count == 0 && places.length > LARGEST_IDLE) {
            reset();
        }
    }

    void removeAt(final int index) {
        final int mask = places.length - 1;
        if (index < count / 2) {
            for (int i = index; i > 0; i--) {
                places[(head + i) & mask] = places[(head + i - 1) & mask];
            }
            head = (head + 1) & mask;
        } else {
            for (int i = index; i < count - 1; i++) {
                places[(head + i) & mask] = places[(head + i + 1) & mask];
            }
        }
        count--;
    }

    /** Empties the ring and releases the array. */
    void reset() {
        places = NONE;
        head = 0;
        count = 0;
    }

    private void grow() {
        if (places.length == 0) {
            places = new SentSegment[SMALLEST];
            return;
        }
        final SentSegment[] larger = Arrays.copyOf(places, places.length * 2);
        for (int i = 0; i < count; i++) {
            larger[i] = at(i);
        }
        places = larger;
        head = 0;
    }
}
