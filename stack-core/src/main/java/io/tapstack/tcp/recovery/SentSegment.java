package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the {@link SackScoreboard}: a range of sequence numbers that was sent together and is not acknowledged.
 * Segments sent at the same time may share an entry; a retransmission, a SACK or a loss of a part divides it.
 */
final class SentSegment {

    /** The state of the range. */
    enum State {
        /** In the network. */
        IN_NETWORK,
        /** Reported in a SACK block. */
        SACKED,
        /** Lost, and not retransmitted since. */
        LOST
    }

    int start;
    int end;
    State state = State.IN_NETWORK;

    /** Time of the last transmission. */
    long sentNanos;

    /** Time of the first transmission. */
    long originalNanos;

    /** Number of transmissions; 1 without retransmission. */
    int transmissions;

    /** True if marked as lost, retransmitted since or not; false after a SACK. */
    boolean wasLost;

    /**
     * Segment boundaries of the last transmission: from {@code origin} on each segment has {@code segmentBytes}, except
     * the last. {@code origin} lies before {@code start} after a partial acknowledgement.
     */
    int origin;

    int segmentBytes = 1;

    /** Number of segments on the wire; a super-segment counts as the segments it is cut into. */
    int segments;

    // State of DeliveryRate at the transmission.
    long delivered;
    long deliveredNanos;
    long firstSentNanos;
    long lost;
    int txInFlight;
    boolean appLimited;

    // Neighbours in the list of its state: by send time for IN_NETWORK, by sequence number for LOST.
    @Nullable
    SentSegment previous;

    @Nullable
    SentSegment next;

    int length() {
        return end - start;
    }

    /** Sets the segment boundaries: {@code bytes} each, from {@code first} on. */
    void cut(final int first, final int bytes) {
        origin = first;
        segmentBytes = bytes;
    }

    /** True if a segment starts or ends at {@code sequence}. */
    boolean isBoundary(final int sequence) {
        return (sequence - origin) % segmentBytes == 0;
    }

    /** Start of the segment that contains {@code sequence}. */
    int boundaryTo(final int sequence) {
        return sequence - (sequence - origin) % segmentBytes;
    }

    /** End of the segment that contains {@code sequence}, if it is full. */
    int boundaryAfter(final int sequence) {
        return boundaryTo(sequence) + segmentBytes;
    }

    /** True if segments of {@code bytes} from {@code first} have all boundaries of this entry. */
    boolean isRefinedBy(final int first, final int bytes) {
        return segmentBytes % bytes == 0 && (first - origin) % bytes == 0;
    }

    /** {@code left}, moved forward to the start of a segment. */
    int wholeSegmentsFrom(final int left) {
        return SequenceNumber.lessOrEqual(left, start) ? start : boundaryTo(left - 1) + segmentBytes;
    }

    /** {@code right}, moved back to the end of a segment. */
    int wholeSegmentsTo(final int right) {
        return SequenceNumber.greaterOrEqual(right, end) ? end : boundaryTo(right);
    }

    /** Number of segments between {@code from} and {@code to}, whole or in part. */
    int segmentsBetween(final int from, final int to) {
        return from == to ? 0 : (to - 1 - origin) / segmentBytes - (from - origin) / segmentBytes + 1;
    }

    boolean wasSentAgain() {
        return transmissions > 1;
    }

    /** Copies {@code other} without its place in a list. */
    void copy(final SentSegment other) {
        start = other.start;
        end = other.end;
        origin = other.origin;
        segmentBytes = other.segmentBytes;
        state = other.state;
        sentNanos = other.sentNanos;
        originalNanos = other.originalNanos;
        transmissions = other.transmissions;
        wasLost = other.wasLost;
        segments = other.segments;
        delivered = other.delivered;
        deliveredNanos = other.deliveredNanos;
        firstSentNanos = other.firstSentNanos;
        lost = other.lost;
        txInFlight = other.txInFlight;
        appLimited = other.appLimited;
    }
}
