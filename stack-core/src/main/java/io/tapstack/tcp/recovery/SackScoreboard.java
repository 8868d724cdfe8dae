package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * The scoreboard of RFC 6675: updates the {@link SentSegments} for transmissions, retransmissions, SACK blocks and
 * losses. No ACK needs a walk over the whole flight.
 *
 * <p>Bytes here are sequence numbers: a FIN counts as one. All methods are called under the stack's lock.
 */
public final class SackScoreboard {

    /** Receives each delivery of an ACK before the entry changes. */
    interface Deliveries {
        /** {@code ack} delivers {@code bytes} of {@code segment}, which was not SACKed before. */
        void delivered(SentSegment segment, int bytes, AckArrival ack);
    }

    private final DeliveryRate rate = new DeliveryRate();
    private final SentSegments entries;
    private final FlightCount flight;

    private int renegings;
    private int mss = 1;
    // Time of the last transmission. Of two segments with the same time RACK takes the higher one as later (RFC 8985
    // 6.2). A retransmission therefore gets a time of its own, as it follows the new data before it.
    private long lastMoment = Long.MIN_VALUE;

    public SackScoreboard(final SentSegmentPool pool) {
        this.entries = new SentSegments(pool);
        this.flight = entries.count();
    }

    /** Sets the MSS, in bytes. */
    public void mss(final int bytes) {
        mss = bytes;
    }

    /** The delivery rate estimator of this connection. */
    public DeliveryRate rate() {
        return rate;
    }

    /** pipe (RFC 6675 4): bytes neither acknowledged, nor SACKed, nor lost; a retransmission counts again. */
    public int bytesInNetwork() {
        return flight.bytesInNetwork;
    }

    /** Bytes SACKed. */
    public int bytesSacked() {
        return flight.bytesSacked;
    }

    /** Bytes lost and not retransmitted since. */
    public int bytesLost() {
        return flight.bytesLost;
    }

    /** Number of segments SACKed. */
    public int segmentsSacked() {
        return flight.segmentsSacked;
    }

    /** Number of retransmitted segments in the network. */
    int segmentsSentAgain() {
        return flight.segmentsSentAgain;
    }

    /** Number of segments sent and not acknowledged. */
    public int segments() {
        return flight.segments;
    }

    /** Number of segments marked as lost, retransmitted since or not. */
    int segmentsLost() {
        return flight.segmentsLost;
    }

    /** Number of lost and retransmitted segments in the network. */
    int segmentsLostSentAgain() {
        return flight.segmentsLostSentAgain;
    }

    /** True if an ACK may be for a retransmission: one is in the network, or the first data was retransmitted. */
    boolean isRetransmissionUnanswered() {
        return flight.segmentsSentAgain > 0
                || !entries.isEmpty() && entries.at(0).wasSentAgain();
    }

    /** True if all sent data is acknowledged. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Number of detected renegings; each costs a walk over all entries. */
    int renegings() {
        return renegings;
    }

    /** First transmission time of the oldest unacknowledged data; {@code otherwise} if there is none. */
    public long firstSentNanos(final long otherwise) {
        return entries.isEmpty() ? otherwise : entries.at(0).originalNanos;
    }

    /** Number of entries. */
    int entries() {
        return entries.size();
    }

    // ---- Sending

    /**
     * Records new data from {@code start} to {@code end}, in segments of {@code segmentBytes}; with {@code fin} the
     * last sequence number is the FIN.
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
     * True if data sent at the same time in full segments up to {@code start} can share its entry with the new data.
     */
    private boolean continues(final SentSegment last, final int start, final int segmentBytes) {
        return last.end == start
                && last.state == State.IN_NETWORK
                && last.transmissions == 1
                && last.sentNanos == lastMoment
                && last.segmentBytes == segmentBytes
                && last.isBoundary(start);
    }

    /** Records a retransmission from {@code start} to {@code end}, in segments of the MSS. */
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
     * Keeps the end of the first original segment as the end of an entry, if retransmitted segments from {@code start}
     * end elsewhere: the peer may have the original segment and report it. The caller continues with the rest.
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

    /** The first entry by sequence number. */
    @Nullable
    SentSegment first() {
        return entries.isEmpty() ? null : entries.at(0);
    }

    /** The oldest entry in the network; its {@code next} was sent after it. */
    @Nullable
    SentSegment oldestInNetwork() {
        return entries.oldestInNetwork();
    }

    /** The lowest lost entry; its {@code next} is the next lost one. */
    @Nullable
    SentSegment firstLost() {
        return entries.firstLost();
    }

    /** Start of the last sent segment, or of its unacknowledged part; a FIN belongs to the segment that carries it. */
    public int lastSegmentStart() {
        final SentSegment last = entries.last();
        return SequenceNumber.max(last.start, last.boundaryTo(entries.dataEnd(last, last.start) - 1));
    }

    /** End of the lost bytes from {@link #firstLost()}, at most {@code limit} bytes from there. */
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

    /** Processes an ACK: its SACK blocks, its cumulative acknowledgement, and the delivery rate. */
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

    /** Removes the data before {@link AckArrival#sndUna}. */
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
     * Processes a SACK block from {@code left} to {@code right}. Bytes never sent or already acknowledged are ignored.
     * Parts of sent segments are ignored too: no honest peer reports them, and a peer that reports every second byte
     * would create an entry for each.
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

    /** Marks {@code segment}, which is in the network, as lost. */
    void markLost(final SentSegment segment) {
        entries.lost(segment);
        rate.lost(segment.length());
    }

    /** Marks segments larger than the current MSS as lost. */
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

    /** Marks SACKed data as lost, as the peer has discarded it, or may have (RFC 2018 8). */
    void forgetSacks() {
        renegings++;
        for (int i = 0; i < entries.size(); i++) {
            final SentSegment segment = entries.at(i);
            if (segment.state == State.SACKED) {
                entries.lost(segment);
            }
        }
    }

    /** Moves lost data back to the network after a spurious loss. */
    void unmarkLost() {
        entries.unmarkLost();
    }

    /** Removes all entries when the connection ends. */
    public void clear() {
        entries.clear();
    }
}
