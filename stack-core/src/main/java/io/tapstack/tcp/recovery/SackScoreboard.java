package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * What is sent and not acknowledged, with all that is known about it: the scoreboard of RFC 6675. Entries stand in order of sequence
 * numbers, so that one is found by binary search; those in the network are also linked in the order in which they were sent, for RACK, and
 * those that are lost in the order in which they go out again. Entries that are SACKed side by side become one, so a SACK block that comes
 * again with every ACK costs one look. No ACK needs a walk over all that is in flight.
 *
 * <p>Bytes here are sequence numbers: a FIN counts as one. Confined to whoever runs the stack.
 */
public final class SackScoreboard {

    /** Is told what an ACK delivers, before the entry changes. */
    interface Deliveries {
        /** {@code bytes} of {@code segment}, which was not SACKed before, have arrived, as {@code ack} says. */
        void delivered(SentSegment segment, int bytes, AckArrival ack);
    }

    private final SentSegmentPool pool;
    private final DeliveryRate rate = new DeliveryRate();
    private final FlightCount flight = new FlightCount();
    private final SentSegmentRing entries = new SentSegmentRing();
    private final SentSegmentList inNetwork = new SentSegmentList();
    private final SentSegmentList lost = new SentSegmentList();

    private int renegings;
    private int mss = 1;
    private boolean finSent;
    private int finEnd;
    // When something was sent last. Of two segments of the same moment RACK takes the higher for the later (RFC 8985
    // 6.2), so one that is sent again gets a moment of its own: it went out after what was new before it.
    private long lastMoment = Long.MIN_VALUE;

    public SackScoreboard(final SentSegmentPool pool) {
        this.pool = pool;
    }

    public void mss(final int bytes) {
        mss = bytes;
    }

    /** The delivery rate, which is measured on what stands here. */
    public DeliveryRate rate() {
        return rate;
    }

    /** pipe (RFC 6675 4): what is in the network: neither acknowledged, nor SACKed, nor lost; a retransmission counts again. */
    public int bytesInNetwork() {
        return flight.bytesInNetwork;
    }

    public int bytesSacked() {
        return flight.bytesSacked;
    }

    /** What is lost and was not sent again since. */
    public int bytesLost() {
        return flight.bytesLost;
    }

    /** How many segments are SACKed. */
    public int segmentsSacked() {
        return flight.segmentsSacked;
    }

    /** How many segments that were sent more than once are in the network. */
    int segmentsSentAgain() {
        return flight.segmentsSentAgain;
    }

    /** How many segments are sent and not acknowledged, wherever they are. */
    public int segments() {
        return flight.segments;
    }

    /** How many of them were found lost, and may have been sent again since. */
    int segmentsLost() {
        return flight.segmentsLost;
    }

    /** How many segments that were found lost, and sent again, are in the network. */
    int segmentsLostSentAgain() {
        return flight.segmentsLostSentAgain;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** How often the peer has reneged, and was found out: each time costs a walk over all entries. */
    int renegings() {
        return renegings;
    }

    /** When the oldest of what is not acknowledged was sent for the first time; {@code otherwise} if there is nothing. */
    public long firstSentNanos(final long otherwise) {
        return entries.isEmpty() ? otherwise : entries.at(0).originalNanos;
    }

    /** How many entries there are. */
    int entries() {
        return entries.size();
    }

    // ---- Sending

    /**
     * New data was sent from {@code start} to {@code end}, in segments of {@code segmentBytes}; with {@code fin} the last of these sequence
     * numbers is the FIN's.
     */
    public void sent(final int start, final int end, final boolean fin, final int segmentBytes, final long nowNanos) {
        if (fin) {
            finSent = true;
            finEnd = end;
        }
        lastMoment = Math.max(lastMoment, nowNanos);
        final int before = flight.bytesInNetwork;
        if (!entries.isEmpty()) {
            final SentSegment last = entries.last();
            if (continues(last, start, segmentBytes)) {
                flight.leave(last);
                last.end = end;
                last.segments = segmentsIn(last);
                flight.enter(last);
                last.txInFlight = flight.bytesInNetwork;
                return;
            }
        }
        final SentSegment segment = pool.take();
        segment.start = start;
        segment.end = end;
        segment.cut(start, segmentBytes);
        segment.state = State.IN_NETWORK;
        segment.sentNanos = lastMoment;
        segment.originalNanos = nowNanos;
        segment.transmissions = 1;
        segment.wasLost = false;
        segment.segments = segmentsIn(segment);
        rate.sent(segment, before, nowNanos);
        entries.append(segment);
        inNetwork.append(segment);
        flight.enter(segment);
    }

    /** True if what was sent at the same moment in full segments up to {@code start} can share its entry with what follows. */
    private boolean continues(final SentSegment last, final int start, final int segmentBytes) {
        return last.end == start
                && last.state == State.IN_NETWORK
                && last.transmissions == 1
                && last.sentNanos == lastMoment
                && last.segmentBytes == segmentBytes
                && last.isBoundary(start);
    }

    /** What lies from {@code start} to {@code end} was sent again, in segments of the MSS. */
    public void sentAgain(final int start, final int end, final long nowNanos) {
        int index = entries.firstEndingAfter(start);
        while (index < entries.size() && SequenceNumber.lessThan(entries.at(index).start, end)) {
            final SentSegment segment = isolate(index, start, end);
            if (segment.state != State.SACKED) {
                keepBoundary(index, start);
                sendAgain(segment, start, nowNanos);
            }
            index = entries.firstEndingAfter(segment.end);
        }
    }

    /**
     * The peer may still have a segment of the first time, and report that: if the segments that go out from {@code start} on end elsewhere, the
     * end of the first one here stays, as the end of its entry. The rest is looked at next.
     */
    private void keepBoundary(final int index, final int start) {
        final SentSegment segment = entries.at(index);
        final int boundary = segment.boundaryAfter(segment.start);
        if (SequenceNumber.lessThan(boundary, segment.end) && !segment.isRefinedBy(start, mss)) {
            divide(index, boundary);
        }
    }

    private void sendAgain(final SentSegment segment, final int start, final long nowNanos) {
        final int before = flight.bytesInNetwork;
        flight.leave(segment);
        unlink(segment);
        segment.cut(start, mss);
        segment.segments = segmentsIn(segment);
        segment.state = State.IN_NETWORK;
        segment.transmissions++;
        lastMoment = Math.max(lastMoment + 1, nowNanos);
        segment.sentNanos = lastMoment;
        flight.enter(segment);
        rate.sent(segment, before, nowNanos);
        inNetwork.append(segment);
    }

    /** What was sent, first to last. */
    @Nullable
    SentSegment first() {
        return entries.isEmpty() ? null : entries.at(0);
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

    /** Where the last segment that was sent starts, or what of it is not acknowledged; a FIN is part of the segment that it rides on. */
    public int lastSegmentStart() {
        final SentSegment last = entries.last();
        final boolean fin = finSent && last.end == finEnd && last.length() > 1;
        return SequenceNumber.max(last.start, last.boundaryTo(last.end - (fin ? 2 : 1)));
    }

    /** Where the lost bytes end that start with {@link #firstLost()}, as far as {@code limit} bytes from there. */
    int lostUpTo(final int limit) {
        SentSegment segment = lost.first();
        if (segment == null) {
            throw new IllegalStateException("nothing is lost");
        }
        final int start = segment.start;
        int end = segment.end;
        while (end - start < limit && segment.next != null && segment.next.start == end) {
            segment = segment.next;
            end = segment.end;
        }
        return SequenceNumber.min(end, start + limit);
    }

    // ---- ACKs

    /** An ACK comes: takes in its SACK blocks, then what it acknowledges, and measures the delivery rate. */
    void take(final AckArrival ack, final Deliveries deliveries) {
        rate.ackArrives();
        final int sackedBefore = flight.bytesSacked;
        for (int i = 0; i < ack.blocks(); i++) {
            sack(ack.left(i), ack.right(i), ack, deliveries);
        }
        ack.sackedBytes = flight.bytesSacked - sackedBefore;
        acknowledge(ack, deliveries);
        rate.ackDone(ack.minRttNanos == Long.MAX_VALUE ? 0 : ack.minRttNanos);
    }

    private void deliver(
            final SentSegment segment, final int bytes, final AckArrival ack, final Deliveries deliveries) {
        ack.deliveredBytes += bytes;
        ack.deliveredSegments += segment.segments - segmentsIn(segment, segment.start + bytes);
        rate.delivered(segment, bytes, ack.nowNanos);
        deliveries.delivered(segment, bytes, ack);
    }

    /** Everything before {@link AckArrival#sndUna} is acknowledged. */
    void acknowledge(final AckArrival ack, final Deliveries deliveries) {
        final int sndUna = ack.sndUna;
        while (!entries.isEmpty() && SequenceNumber.lessThan(entries.at(0).start, sndUna)) {
            final SentSegment segment = entries.at(0);
            final int bytes = SequenceNumber.min(segment.end, sndUna) - segment.start;
            if (segment.state != State.SACKED) {
                deliver(segment, bytes, ack, deliveries);
            }
            if (bytes == segment.length()) {
                forget(segment);
                entries.removeFirst();
            } else {
                shorten(segment, sndUna);
            }
        }
    }

    /**
     * A SACK block: the peer has what lies from {@code left} to {@code right}. Bytes that were never sent, or are acknowledged, are passed over.
     * So are parts of segments, as they were sent: no honest peer has those, and a peer that reports every second byte would have an entry for
     * each.
     */
    void sack(final int left, final int right, final AckArrival ack, final Deliveries deliveries) {
        int index = entries.firstEndingAfter(left);
        while (index < entries.size() && SequenceNumber.lessThan(entries.at(index).start, right)) {
            final SentSegment touched = entries.at(index);
            if (touched.state != State.SACKED) {
                final int from = touched.wholeSegmentsFrom(left);
                final int to = touched.wholeSegmentsTo(right);
                if (SequenceNumber.lessThan(from, to)) {
                    final SentSegment segment = isolate(index, from, to);
                    index = entries.firstEndingAfter(segment.start);
                    deliver(segment, segment.length(), ack, deliveries);
                    flight.leave(segment);
                    unlink(segment);
                    segment.state = State.SACKED;
                    segment.wasLost = false;
                    flight.enter(segment);
                    index = joinSacked(index);
                }
            }
            index++;
        }
    }

    /** {@code segment}, which is in the network, is lost. */
    void markLost(final SentSegment segment) {
        unlink(segment);
        lose(segment);
        rate.lost(segment.length());
    }

    private void lose(final SentSegment segment) {
        flight.leave(segment);
        segment.state = State.LOST;
        segment.wasLost = true;
        flight.enter(segment);
        lost.insertBySequence(segment);
    }

    /** What was sent in segments larger than the MSS is now does not arrive. */
    void markLargerLost() {
        SentSegment segment = inNetwork.first();
        while (segment != null) {
            final int tail = segment.boundaryTo(segment.end - 1);
            if (segment.segmentBytes > mss
                    && segment.end - tail <= mss
                    && SequenceNumber.lessThan(segment.start, tail)) {
                divide(entries.firstEndingAfter(segment.start), tail); // its last segment is small enough
            }
            final SentSegment following = segment.next;
            if (segment.segmentBytes > mss && segment.end - segment.boundaryTo(segment.start) > mss) {
                markLost(segment);
            }
            segment = following;
        }
    }

    /** The peer has thrown away what it had SACKed (RFC 2018 8), or may have: that counts as lost. */
    void forgetSacks() {
        renegings++;
        for (int i = 0; i < entries.size(); i++) {
            final SentSegment segment = entries.at(i);
            if (segment.state == State.SACKED) {
                lose(segment);
            }
        }
    }

    /** Nothing was lost after all: everything that is marked so is in the network. */
    void unmarkLost() {
        SentSegment before = null;
        for (SentSegment segment = lost.first(); segment != null; segment = lost.first()) {
            flight.leave(segment);
            unlink(segment);
            segment.state = State.IN_NETWORK;
            flight.enter(segment);
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
        for (int i = 0; flight.segmentsLost > 0; i++) {
            final SentSegment segment = entries.at(i);
            flight.leave(segment);
            segment.wasLost = false;
            flight.enter(segment);
        }
    }

    /** Forgets everything: the connection is over. */
    public void clear() {
        for (int i = 0; i < entries.size(); i++) {
            forget(entries.at(i));
        }
        entries.reset();
    }

    // ---- Entries

    /** How many segments an entry stands for. */
    private int segmentsIn(final SentSegment segment) {
        return segmentsIn(segment, segment.start);
    }

    /** How many segments {@code segment} stands for from {@code start} on: a FIN rides on the last one, unless it is alone. */
    private int segmentsIn(final SentSegment segment, final int start) {
        final boolean fin = finSent && segment.end == finEnd && segment.end - start > 1;
        return segment.segmentsBetween(start, fin ? segment.end - 1 : segment.end);
    }

    /** Divides the entry at {@code index} so that one of the parts is what it has between {@code left} and {@code right}: that one. */
    private SentSegment isolate(final int index, final int left, final int right) {
        SentSegment segment = entries.at(index);
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
    private SentSegment divide(final int index, final int sequence) {
        final SentSegment segment = entries.at(index);
        final SentSegment rest = pool.take();
        flight.leave(segment);
        rest.copy(segment);
        segment.end = sequence;
        rest.start = sequence;
        segment.segments = segmentsIn(segment);
        rest.segments = segmentsIn(rest);
        flight.enter(segment);
        flight.enter(rest);
        entries.insert(index + 1, rest);
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
    private int joinSacked(final int index) {
        if (index + 1 < entries.size() && entries.at(index + 1).state == State.SACKED) {
            absorbNext(index);
        }
        if (index > 0 && entries.at(index - 1).state == State.SACKED) {
            absorbNext(index - 1);
            return index - 1;
        }
        return index;
    }

    private void absorbNext(final int index) {
        final SentSegment segment = entries.at(index);
        final SentSegment absorbed = entries.at(index + 1);
        segment.end = absorbed.end;
        segment.segments += absorbed.segments;
        segment.transmissions = Math.max(segment.transmissions, absorbed.transmissions);
        entries.removeAt(index + 1);
        pool.give(absorbed);
    }

    private void shorten(final SentSegment segment, final int start) {
        flight.leave(segment);
        segment.start = start;
        segment.segments = segmentsIn(segment);
        flight.enter(segment);
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
        flight.leave(segment);
        unlink(segment);
        pool.give(segment);
    }
}
