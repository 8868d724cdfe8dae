package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * The tail loss probe, TLP (RFC 8985 7): after two round trips without an ACK one segment is sent. Its ACK shows the
 * losses of the tail long before the retransmission timer expires.
 */
final class TailLossProbe {

    private static final long NO_SAMPLE_NANOS = 1_000_000_000L;
    /** TLP.max_ack_delay: longest ACK delay of a peer with a single segment to acknowledge. */
    private static final long MAX_ACK_DELAY_NANOS = 200_000_000L;
    /** Minimum margin: two ticks of a peer's clock. */
    private static final long MARGIN_NANOS = 2_000_000L;

    private boolean outstanding;
    private int endSeq; // TLP.end_seq
    private boolean again; // TLP.is_retrans

    /** PTO in nanoseconds; the caller limits it to the retransmission timer (7.2). */
    static long timeout(final long srttNanos, final boolean singleSegment) {
        if (srttNanos == 0) {
            return NO_SAMPLE_NANOS;
        }
        return 2 * srttNanos + (singleSegment ? MAX_ACK_DELAY_NANOS : MARGIN_NANOS);
    }

    boolean isOutstanding() {
        return outstanding;
    }

    /** True if the outstanding probe is a retransmission. */
    boolean isRetransmissionOutstanding() {
        return outstanding && again;
    }

    /** Records a probe: new data, or the last segment again. */
    void sent(final int sndNxt, final boolean sentAgain) {
        outstanding = true;
        endSeq = sndNxt;
        again = sentAgain;
    }

    void stop() {
        outstanding = false;
    }

    /**
     * 7.4.2: evaluates an ACK.
     *
     * @return true if the probe has repaired the loss of the last segment, which no other mechanism detects
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
            outstanding = false; // The original segment was delivered.
            return false;
        }
        if (SequenceNumber.greaterThan(ack.sndUna, endSeq)) {
            outstanding = false;
            return true;
        }
        if (ack.repeated && ack.blocks() == 0) {
            outstanding = false; // The ACK of the probe follows the ACK of the original.
        }
        return false;
    }
}
