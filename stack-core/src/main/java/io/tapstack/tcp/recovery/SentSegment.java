package io.tapstack.tcp.recovery;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of sequence numbers that was sent in one go and is not acknowledged: an entry of the {@link SackScoreboard}. What was
 * sent at the same moment may share one; what is sent again, selectively acknowledged or lost in part gets divided.
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

    /** How often it was sent: 1 for what was never sent again. */
    int transmissions;

    /** Found lost, and perhaps sent again since; false for what is SACKed. */
    boolean wasLost;

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

    boolean wasSentAgain() {
        return transmissions > 1;
    }

    /** Becomes the copy of {@code other}, but for its place in a list. */
    void copy(final SentSegment other) {
        start = other.start;
        end = other.end;
        state = other.state;
        sentNanos = other.sentNanos;
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
