package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of sequence numbers that was sent in one go and is not acknowledged: an entry of the
 * {@link SackScoreboard}. What was sent at the same moment may share one; what is sent again, selectively acknowledged
 * or lost in part gets divided.
 */
final class SentSegment {

    /** Where the stretch is. */
    enum State {
        /** On its way, as far as is known. */
        IN_NETWORK,
        /** The peer has it, and says so in a SACK block. */
        SACKED,
        /** Lost, and not sent again since. */
        LOST
    }

    int start;
    int end;
    State state = State.IN_NETWORK;

    /** When it was sent last. */
    long sentNanos;

    /** When it was sent for the first time. */
    long originalNanos;

    /** How often it was sent: 1 for what was never sent again. */
    int transmissions;

    /** Found lost, and perhaps sent again since; false for what is SACKed. */
    boolean wasLost;

    /**
     * How it was cut into segments when it was sent last: from {@code origin} on, which lies before {@code start} once
     * part of a segment is acknowledged, each has {@code segmentBytes}, but for the last.
     */
    int origin;

    int segmentBytes = 1;

    /** How many segments it is: 2 KiB sent as a super-segment are two on the wire. */
    int segments;

    // What DeliveryRate wants to remember of the moment it was sent.
    long delivered;
    long deliveredNanos;
    long firstSentNanos;
    long lost;
    int txInFlight;
    boolean appLimited;

    // Neighbours in the list of its state: by time sent for IN_NETWORK, by sequence number for LOST.
    @Nullable
    SentSegment previous;

    @Nullable
    SentSegment next;

    int length() {
        return end - start;
    }

    /** It goes out in segments of {@code bytes}, from {@code first} on. */
    void cut(final int first, final int bytes) {
        origin = first;
        segmentBytes = bytes;
    }

    /** True if a segment starts at {@code sequence}, or ends there. */
    boolean isBoundary(final int sequence) {
        return (sequence - origin) % segmentBytes == 0;
    }

    /** Where the segment starts that {@code sequence} lies in. */
    int boundaryTo(final int sequence) {
        return sequence - (sequence - origin) % segmentBytes;
    }

    /** Where it ends, if it is a full one. */
    int boundaryAfter(final int sequence) {
        return boundaryTo(sequence) + segmentBytes;
    }

    /**
     * True if segments of {@code bytes} from {@code first} on end wherever those of this end, and perhaps elsewhere
     * too.
     */
    boolean isRefinedBy(final int first, final int bytes) {
        return segmentBytes % bytes == 0 && (first - origin) % bytes == 0;
    }

    /** {@code left}, moved forward to where a segment of this starts. */
    int wholeSegmentsFrom(final int left) {
        return SequenceNumber.lessOrEqual(left, start) ? start : boundaryTo(left - 1) + segmentBytes;
    }

    /** {@code right}, moved back to where a segment of this ends. */
    int wholeSegmentsTo(final int right) {
        return SequenceNumber.greaterOrEqual(right, end) ? end : boundaryTo(right);
    }

    /** How many segments it has between {@code from} and {@code to}, whole or in part. */
    int segmentsBetween(final int from, final int to) {
        return from == to ? 0 : (to - 1 - origin) / segmentBytes - (from - origin) / segmentBytes + 1;
    }

    boolean wasSentAgain() {
        return transmissions > 1;
    }

    /** Becomes the copy of {@code other}, but for its place in a list. */
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
