package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * The tail loss probe (RFC 8985 7): after two round trips without a word from the peer one segment is sent, so that the
 * ACK for it shows what of the tail was lost, long before the retransmission timer would expire.
 */
final class TailLossProbe {

    private static final long NO_SAMPLE_NANOS = 1_000_000_000L;
    /** TLP.max_ack_delay: a peer with a single segment to acknowledge may wait this long. */
    private static final long MAX_ACK_DELAY_NANOS = 200_000_000L;
    /** Less than two ticks of a peer's clock would be as good as nothing. */
    private static final long MARGIN_NANOS = 2_000_000L;

    private boolean outstanding;
    private int endSeq; // TLP.end_seq
    private boolean again; // TLP.is_retrans

    /** PTO in nanoseconds; the caller sees that it is not later than the retransmission timer (7.2). */
    static long timeout(final long srttNanos, final boolean singleSegment) {
        if (srttNanos == 0) {
            return NO_SAMPLE_NANOS;
        }
        return 2 * srttNanos + (singleSegment ? MAX_ACK_DELAY_NANOS : MARGIN_NANOS);
    }

    boolean isOutstanding() {
        return outstanding;
    }

    /** A probe went out: new data, or the last segment {@code again}. */
    void sent(final int sndNxt, final boolean sentAgain) {
        outstanding = true;
        endSeq = sndNxt;
        again = sentAgain;
    }

    void stop() {
        outstanding = false;
    }

    /**
     * 7.4.2. @return true if the probe has repaired the loss of the very last segment, which nobody else would notice
     */
    boolean ackArrives(final AckArrival ack) {
        if (!outstanding || SequenceNumber.lessThan(ack.sndUna, endSeq)) {
            return false;
        }
        if (!again) {
            outstanding = false;
            return false;
        }
        if (ack.isDsack() && ack.dsackRight() == endSeq) {
            outstanding = false; // It had arrived before.
            return false;
        }
        if (SequenceNumber.greaterThan(ack.sndUna, endSeq)) {
            outstanding = false;
            return true;
        }
        if (ack.repeated && ack.blocks() == 0) {
            outstanding = false; // The ACK of the probe, after that of the original.
        }
        return false;
    }
}
