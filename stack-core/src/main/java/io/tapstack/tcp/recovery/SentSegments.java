package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * The data sent and not acknowledged, as entries in order of sequence number with binary search. Entries in the network
 * are also linked by send time, for RACK, and lost entries in the order of their retransmission. Adjacent SACKed
 * entries are joined, so that a repeated SACK block costs one search.
 *
 * <p>Each change of an entry goes through this class, so that ring, lists and sums agree. All methods are called under
 * the stack's lock.
 */
final class SentSegments {

    private final SentSegmentPool pool;
    private final FlightCount count = new FlightCount();
    private final SentSegmentRing ring = new SentSegmentRing();
    private final SentSegmentList inNetwork = new SentSegmentList();
    private final SentSegmentList lost = new SentSegmentList();

    private boolean finSent;
    private int finEnd;

    SentSegments(final SentSegmentPool pool) {
        this.pool = pool;
    }

    /** The sums over all entries, updated with each change; read-only. */
    FlightCount count() {
        return count;
    }

    // ---- Queries

    boolean isEmpty() {
        return ring.isEmpty();
    }

    int size() {
        return ring.size();
    }

    SentSegment at(final int index) {
        return ring.at(index);
    }

    SentSegment last() {
        return ring.last();
    }

    /** Index of the first entry that ends after {@code sequence}. */
    int firstEndingAfter(final int sequence) {
        return ring.firstEndingAfter(sequence);
    }

    /** The oldest entry in the network; its {@code next} was sent after it. */
    @Nullable
    SentSegment oldestInNetwork() {
        return inNetwork.first();
    }

    /** The lowest lost entry; its {@code next} is the next lost one. */
    @Nullable
    SentSegment firstLost() {
        return lost.first();
    }

    /**
     * Number of segments of {@code segment} from {@code start} on; a FIN belongs to the last one, unless it is alone.
     */
    int segmentsIn(final SentSegment segment, final int start) {
        return segment.segmentsBetween(start, dataEnd(segment, start));
    }

    /** End of {@code segment} without a FIN behind data from {@code start} on. */
    int dataEnd(final SentSegment segment, final int start) {
        final boolean fin = finSent && segment.end == finEnd && segment.end - start > 1;
        return fin ? segment.end - 1 : segment.end;
    }

    // ---- Sending

    /** Sets the end of the FIN: its sequence number is the one before {@code end}. */
    void finEndsAt(final int end) {
        finSent = true;
        finEnd = end;
    }

    /** Appends an entry for new data in segments of {@code segmentBytes}; the caller sets its times. */
    SentSegment append(final int start, final int end, final int segmentBytes) {
        final SentSegment segment = pool.take();
        segment.start = start;
        segment.end = end;
        segment.cut(start, segmentBytes);
        segment.state = State.IN_NETWORK;
        segment.transmissions = 1;
        segment.wasLost = false;
        segment.segments = segmentsIn(segment, start);
        ring.append(segment);
        inNetwork.append(segment);
        count.enter(segment);
        return segment;
    }

    /** Extends {@code segment}, the last entry, up to {@code end}. */
    void extend(final SentSegment segment, final int end) {
        count.leave(segment);
        segment.end = end;
        segment.segments = segmentsIn(segment, segment.start);
        count.enter(segment);
    }

    /**
     * Moves {@code segment} to the network as the latest, cut from {@code first} on into segments of
     * {@code segmentBytes}.
     */
    void sentAgain(final SentSegment segment, final int first, final int segmentBytes, final long sentNanos) {
        count.leave(segment);
        unlink(segment);
        segment.cut(first, segmentBytes);
        segment.segments = segmentsIn(segment, segment.start);
        segment.state = State.IN_NETWORK;
        segment.transmissions++;
        segment.sentNanos = sentNanos;
        count.enter(segment);
        inNetwork.append(segment);
    }

    // ---- State changes

    /** Marks {@code segment} as SACKed; {@link #joinSacked} must follow. */
    void sacked(final SentSegment segment) {
        count.leave(segment);
        unlink(segment);
        segment.state = State.SACKED;
        segment.wasLost = false;
        count.enter(segment);
    }

    /** Marks {@code segment}, in the network or SACKed, as lost. */
    void lost(final SentSegment segment) {
        count.leave(segment);
        unlink(segment);
        segment.state = State.LOST;
        segment.wasLost = true;
        count.enter(segment);
        lost.insertBySequence(segment);
    }

    /** Moves lost entries back to the network after a spurious loss. */
    void unmarkLost() {
        SentSegment before = null;
        for (SentSegment segment = lost.first(); segment != null; segment = lost.first()) {
            count.leave(segment);
            unlink(segment);
            segment.state = State.IN_NETWORK;
            count.enter(segment);
            // In order of send time, which mostly follows the sequence numbers: each place is near the previous one.
            if (before != null && before.sentNanos - segment.sentNanos > 0) {
                before = null;
            }
            SentSegment after = before == null ? inNetwork.first() : before.next;
            while (after != null && after.sentNanos - segment.sentNanos <= 0) {
                before = after;
                after = after.next;
            }
            inNetwork.insertAfter(before, segment);
            before = segment;
        }
        for (int i = 0; count.segmentsLost > 0; i++) {
            final SentSegment segment = ring.at(i);
            count.leave(segment);
            segment.wasLost = false;
            count.enter(segment);
        }
    }

    // ---- Division and joining

    /** Divides the entry at {@code index} and returns the part between {@code left} and {@code right}. */
    SentSegment isolate(final int index, final int left, final int right) {
        SentSegment segment = ring.at(index);
        if (SequenceNumber.lessThan(segment.start, left)) {
            segment = divide(index, left);
            if (SequenceNumber.greaterThan(segment.end, right)) {
                divide(index + 1, right);
            }
        } else if (SequenceNumber.greaterThan(segment.end, right)) {
            divide(index, right);
        }
        return segment;
    }

    /**
     * Divides the entry at {@code index}.
     *
     * @return the second part, from {@code sequence} on
     */
    SentSegment divide(final int index, final int sequence) {
        final SentSegment segment = ring.at(index);
        final SentSegment rest = pool.take();
        count.leave(segment);
        rest.copy(segment);
        segment.end = sequence;
        rest.start = sequence;
        segment.segments = segmentsIn(segment, segment.start);
        rest.segments = segmentsIn(rest, rest.start);
        count.enter(segment);
        count.enter(rest);
        ring.insert(index + 1, rest);
        switch (segment.state) {
            case IN_NETWORK -> inNetwork.insertAfter(segment, rest);
            case LOST -> lost.insertAfter(segment, rest);
            case SACKED -> {
                // In no list.
            }
        }
        return rest;
    }

    /**
     * Joins the SACKed entry at {@code index} with SACKed neighbours.
     *
     * @return its new index
     */
    int joinSacked(final int index) {
        if (index + 1 < ring.size() && ring.at(index + 1).state == State.SACKED) {
            absorbNext(index);
        }
        if (index > 0 && ring.at(index - 1).state == State.SACKED) {
            absorbNext(index - 1);
            return index - 1;
        }
        return index;
    }

    private void absorbNext(final int index) {
        final SentSegment segment = ring.at(index);
        final SentSegment absorbed = ring.at(index + 1);
        segment.end = absorbed.end;
        segment.segments += absorbed.segments;
        segment.transmissions = Math.max(segment.transmissions, absorbed.transmissions);
        ring.removeAt(index + 1);
        pool.give(absorbed);
    }

    // ---- Removal

    /** Removes the part of {@code segment} before {@code start}, as it is acknowledged. */
    void shorten(final SentSegment segment, final int start) {
        count.leave(segment);
        segment.start = start;
        segment.segments = segmentsIn(segment, start);
        count.enter(segment);
    }

    /** Removes the first entry, as it is acknowledged. */
    void removeFirst() {
        forget(ring.at(0));
        ring.removeFirst();
    }

    void clear() {
        for (int i = 0; i < ring.size(); i++) {
            forget(ring.at(i));
        }
        ring.reset();
    }

    /** Removes {@code segment} from the list of its state. */
    private void unlink(final SentSegment segment) {
        switch (segment.state) {
            case IN_NETWORK -> inNetwork.remove(segment);
            case LOST -> lost.remove(segment);
            case SACKED -> {
                // In no list.
            }
        }
    }

    private void forget(final SentSegment segment) {
        count.leave(segment);
        unlink(segment);
        pool.give(segment);
    }
}
