package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * The scoreboard of RFC 6675: what becomes of the {@link SentSegments} when data is sent, and sent again, when an ACK
 * comes with SACK blocks, and when something is found lost. No ACK needs a walk over all that is in flight.
 *
 * <p>Bytes here are sequence numbers: a FIN counts as one. Confined to whoever runs the stack.
 */
public final class SackScoreboard {

    /** Is told what an ACK delivers, before the entry changes. */
    interface Deliveries {
        /** {@code bytes} of {@code segment}, which was not SACKed before, have arrived, as {@code ack} says. */
        void delivered(SentSegment segment, int bytes, AckArrival ack);
    }

    private final DeliveryRate rate = new DeliveryRate();
    private final SentSegments entries;
    private final FlightCount flight;

    private int renegings;
    private int mss = 1;
    // When something was sent last. Of two segments of the same moment RACK takes the higher for the later (RFC 8985
    // 6.2), so one that is sent again gets a moment of its own: it went out after what was new before it.
    private long lastMoment = Long.MIN_VALUE;

    public SackScoreboard(final SentSegmentPool pool) {
        this.entries = new SentSegments(pool);
        this.flight = entries.count();
    }

    public void mss(final int bytes) {
        mss = bytes;
    }

    /** The delivery rate, which is measured on what stands here. */
    public DeliveryRate rate() {
        return rate;
    }

    /**
     * pipe (RFC 6675 4): what is in the network: neither acknowledged, nor SACKed, nor lost; a retransmission counts
     * again.
     */
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

    /**
     * When the oldest of what is not acknowledged was sent for the first time; {@code otherwise} if there is nothing.
     */
    public long firstSentNanos(final long otherwise) {
        return entries.isEmpty() ? otherwise : entries.at(0).originalNanos;
    }

    /** How many entries there are. */
    int entries() {
        return entries.size();
    }

    // ---- Sending

    /**
     * New data was sent from {@code start} to {@code end}, in segments of {@code segmentBytes}; with {@code fin} the
     * last of these sequence numbers is the FIN's.
     */
    public void sent(final int start, final int end, final boolean fin, final int segmentBytes, final long nowNanos) {
        if (fin) {
            entries.finEndsAt(end);
        }
        lastMoment = Math.max(lastMoment, nowNanos);
        final int before = flight.bytesInNetwork;
        if (!entries.isEmpty()) {
            final SentSegment last = entries.last();
            if (continues(last, start, segmentBytes)) {
                entries.extend(last, end);
                last.txInFlight = flight.bytesInNetwork;
                return;
            }
        }
        final SentSegment segment = entries.append(start, end, segmentBytes);
        segment.sentNanos = lastMoment;
        segment.originalNanos = nowNanos;
        rate.sent(segment, before, nowNanos);
    }

    /**
     * True if what was sent at the same moment in full segments up to {@code start} can share its entry with what
     * follows.
     */
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
            final SentSegment segment = entries.isolate(index, start, end);
            if (segment.state != State.SACKED) {
                keepBoundary(index, start);
                sendAgain(segment, start, nowNanos);
            }
            index = entries.firstEndingAfter(segment.end);
        }
    }

    /**
     * The peer may still have a segment of the first time, and report that: if the segments that go out from
     * {@code start} on end elsewhere, the end of the first one here stays, as the end of its entry. The rest is looked
     * at next.
     */
    private void keepBoundary(final int index, final int start) {
        final SentSegment segment = entries.at(index);
        final int boundary = segment.boundaryAfter(segment.start);
        if (SequenceNumber.lessThan(boundary, segment.end) && !segment.isRefinedBy(start, mss)) {
            entries.divide(index, boundary);
        }
    }

    private void sendAgain(final SentSegment segment, final int start, final long nowNanos) {
        final int before = flight.bytesInNetwork;
        lastMoment = Math.max(lastMoment + 1, nowNanos);
        entries.sentAgain(segment, start, mss, lastMoment);
        rate.sent(segment, before, nowNanos);
    }

    /** What was sent, first to last. */
    @Nullable
    SentSegment first() {
        return entries.isEmpty() ? null : entries.at(0);
    }

    /** What has been in the network longest; its {@code next} was sent after it. */
    @Nullable
    SentSegment oldestInNetwork() {
        return entries.oldestInNetwork();
    }

    /** The lowest of what is lost; its {@code next} is the next of that. */
    @Nullable
    SentSegment firstLost() {
        return entries.firstLost();
    }

    /**
     * Where the last segment that was sent starts, or what of it is not acknowledged; a FIN is part of the segment that
     * it rides on.
     */
    public int lastSegmentStart() {
        final SentSegment last = entries.last();
        return SequenceNumber.max(last.start, last.boundaryTo(entries.dataEnd(last, last.start) - 1));
    }

    /** Where the lost bytes end that start with {@link #firstLost()}, as far as {@code limit} bytes from there. */
    int lostUpTo(final int limit) {
        SentSegment segment = entries.firstLost();
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
        ack.deliveredSegments += segment.segments - entries.segmentsIn(segment, segment.start + bytes);
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
                entries.removeFirst();
            } else {
                entries.shorten(segment, sndUna);
            }
        }
    }

    /**
     * A SACK block: the peer has what lies from {@code left} to {@code right}. Bytes that were never sent, or are
     * acknowledged, are passed over. So are parts of segments, as they were sent: no honest peer has those, and a peer
     * that reports every second byte would have an entry for each.
     */
    void sack(final int left, final int right, final AckArrival ack, final Deliveries deliveries) {
        int index = entries.firstEndingAfter(left);
        while (index < entries.size() && SequenceNumber.lessThan(entries.at(index).start, right)) {
            final SentSegment touched = entries.at(index);
            if (touched.state != State.SACKED) {
                final int from = touched.wholeSegmentsFrom(left);
                final int to = touched.wholeSegmentsTo(right);
                if (SequenceNumber.lessThan(from, to)) {
                    final SentSegment segment = entries.isolate(index, from, to);
                    index = entries.firstEndingAfter(segment.start);
                    deliver(segment, segment.length(), ack, deliveries);
                    entries.sacked(segment);
                    index = entries.joinSacked(index);
                }
            }
            index++;
        }
    }

    /** {@code segment}, which is in the network, is lost. */
    void markLost(final SentSegment segment) {
        entries.lost(segment);
        rate.lost(segment.length());
    }

    /** What was sent in segments larger than the MSS is now does not arrive. */
    void markLargerLost() {
        SentSegment segment = entries.oldestInNetwork();
        while (segment != null) {
            final int tail = segment.boundaryTo(segment.end - 1);
            if (segment.segmentBytes > mss
                    && segment.end - tail <= mss
                    && SequenceNumber.lessThan(segment.start, tail)) {
                entries.divide(entries.firstEndingAfter(segment.start), tail); // its last segment is small enough
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
                entries.lost(segment);
            }
        }
    }

    /** Nothing was lost after all: everything that is marked so is in the network. */
    void unmarkLost() {
        entries.unmarkLost();
    }

    /** Forgets everything: the connection is over. */
    public void clear() {
        entries.clear();
    }
}
