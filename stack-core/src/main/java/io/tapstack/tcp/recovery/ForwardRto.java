package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Forward RTO-recovery, F-RTO (RFC 5682): detects a spurious retransmission timeout. Only the first segment is
 * retransmitted. If the next ACK advances SND.UNA, new data is sent; if an original transmission is delivered then, the
 * timeout was spurious.
 */
final class ForwardRto {

    private enum Step {
        IDLE,
        /** Step 1: the first segment is retransmitted. */
        SENT_AGAIN,
        /** Step 2b: an ACK has moved SND.UNA, and new data may be sent. */
        SENDING_NEW
    }

    private Step step = Step.IDLE;
    private int recover;
    private boolean originalDelivered;

    /**
     * Starts after a timeout.
     *
     * @param repeated for the same data again, or during recovery: nothing can be detected then (RFC 5682 3.1, step 1)
     */
    void timedOut(final int sndNxt, final boolean repeated) {
        recover = sndNxt;
        originalDelivered = false;
        step = repeated ? Step.IDLE : Step.SENT_AGAIN;
    }

    void stop() {
        step = Step.IDLE;
    }

    /** Records that the current ACK delivers {@code segment}. */
    void delivered(final SentSegment segment, final int upTo) {
        if (step != Step.IDLE && !segment.wasSentAgain() && SequenceNumber.lessOrEqual(upTo, recover)) {
            originalDelivered = true;
        }
    }

    /** True while retransmissions wait for the next ACK and new data is sent instead. */
    boolean holdsRetransmissions() {
        return step == Step.SENDING_NEW;
    }

    /** True if retransmissions wait but no new data was sent since the timeout: the next ACK proves nothing. */
    boolean holdsInVain(final int sndNxt) {
        return holdsRetransmissions() && sndNxt == recover;
    }

    /**
     * Evaluates an ACK.
     *
     * @return true if the timeout was spurious
     */
    boolean ackArrives(final AckArrival ack, final boolean haveSack) {
        if (step == Step.IDLE) {
            return false;
        }
        // With SACK any original transmission proves it (RFC 5682 3.1, 2a and 3b); without SACK the second ACK that
        // advances does (2.1, 3b).
        if (originalDelivered && (haveSack || step == Step.SENDING_NEW && ack.advances())) {
            step = Step.IDLE;
            return true;
        }
        if (!ack.advances() || SequenceNumber.greaterOrEqual(ack.sndUna, recover)) {
            if (ack.duplicate || ack.advances()) {
                step = Step.IDLE; // 2a, 3a: slow start, as after any timeout
            }
        } else {
            step = step == Step.SENT_AGAIN ? Step.SENDING_NEW : Step.IDLE;
            originalDelivered = false;
        }
        return false;
    }
}
