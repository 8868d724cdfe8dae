package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * What is sent and not acknowledged, as entries in order of sequence numbers, so that one is found by binary search.
 * Entries in the network are also linked in the order in which they were sent, for RACK, and those that are lost in the
 * order in which they go out again. Entries that are SACKed side by side become one, so a SACK block that comes again
 * with every ACK costs one look.
 *
 * <p>Each change of an entry goes through here, so that the ring, the lists and the sums agree. Confined to whoever
 * runs the stack.
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

    /** The sums over all entries, which follow each change. To be read. */
    FlightCount count() {
        return count;
    }

    // ---- Looking

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

    /** What has been in the network longest; its {@code next} was sent after it. */
    @Nullable
    SentSegment oldestInNetwork() {
        return inNetwork.first();
    }

    /** The lowest of what is lost; its {@code next} is the next of that. */
    @Nullable
    SentSegment firstLost() {
        return lost.first();
    }

    /**
     * How many segments {@code segment} stands for from {@code start} on: a FIN rides on the last one, unless it is
     * alone.
     */
    int segmentsIn(final SentSegment segment, final int start) {
        return segment.segmentsBetween(start, dataEnd(segment, start));
    }

    /** Where {@code segment} ends, without a FIN that rides on data which it has from {@code start} on. */
    int dataEnd(final SentSegment segment, final int start) {
        final boolean fin = finSent && segment.end == finEnd && segment.end - start > 1;
        return fin ? segment.end - 1 : segment.end;
    }

    // ---- Sending

    /** The sequence number before {@code end} is that of a FIN. */
    void finEndsAt(final int end) {
        finSent = true;
        finEnd = end;
    }

    /**
     * Appends an entry in the network for what is sent for the first time, in segments of {@code segmentBytes}; its
     * times are the caller's.
     */
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

    /** {@code segment}, which is the last one, has more: up to {@code end}. */
    void extend(final SentSegment segment, final int end) {
        count.leave(segment);
        segment.end = end;
        segment.segments = segmentsIn(segment, segment.start);
        count.enter(segment);
    }

    /**
     * {@code segment} is in the network again, cut from {@code first} on into segments of {@code segmentBytes}, and the
     * latest there.
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

    // ---- From state to state

    /** The peer has {@code segment}; {@link #joinSacked} is next. */
    void sacked(final SentSegment segment) {
        count.leave(segment);
        unlink(segment);
        segment.state = State.SACKED;
        segment.wasLost = false;
        count.enter(segment);
    }

    /** {@code segment}, which was in the network or SACKed, is lost. */
    void lost(final SentSegment segment) {
        count.leave(segment);
        unlink(segment);
        segment.state = State.LOST;
        segment.wasLost = true;
        count.enter(segment);
        lost.insertBySequence(segment);
    }

    /** Nothing was lost after all: everything that is marked so is in the network. */
    void unmarkLost() {
        SentSegment before = null;
        for (SentSegment segment = lost.first(); segment != null; segment = lost.first()) {
            count.leave(segment);
            unlink(segment);
            segment.state = State.IN_NETWORK;
            count.enter(segment);
            // By the time sent, which mostly goes with the sequence numbers: so each place is near the one before.
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

    // ---- From one to two, and back

    /**
     * Divides the entry at {@code index} so that one of the parts is what it has between {@code left} and
     * {@code right}: that one.
     */
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

    /** Cuts the entry at {@code index} in two. @return the second one, from {@code sequence} on */
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

    /** Joins the SACKed entry at {@code index} with SACKed neighbours. @return its index then */
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

    // ---- Away

    /** What {@code segment} has before {@code start} is acknowledged. */
    void shorten(final SentSegment segment, final int start) {
        count.leave(segment);
        segment.start = start;
        segment.segments = segmentsIn(segment, start);
        count.enter(segment);
    }

    /** The first entry is acknowledged. */
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

    /** Takes {@code segment} out of the list of its state. */
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
