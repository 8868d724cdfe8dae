package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Forward RTO-recovery (RFC 5682): whether a retransmission timeout was spurious. After it only the first segment goes
 * out again; if the ACK that comes next moves SND.UNA, new data is sent instead of more retransmissions, and if then
 * something is delivered that was never sent again, nothing had been lost.
 */
final class ForwardRto {

    private enum Step {
        IDLE,
        /** Step 1 is done: the first segment was sent again. */
        SENT_AGAIN,
        /** Step 2b: an ACK has moved SND.UNA, and new data may be sent. */
        SENDING_NEW
    }

    private Step step = Step.IDLE;
    private int recover;
    private boolean originalDelivered;

    /**
     * The timer expired.
     *
     * @param repeated for the same data again, or while losses were being made good: then nothing can be told (RFC 5682
     *     3.1, step 1)
     */
    void timedOut(final int sndNxt, final boolean repeated) {
        recover = sndNxt;
        originalDelivered = false;
        step = repeated ? Step.IDLE : Step.SENT_AGAIN;
    }

    void stop() {
        step = Step.IDLE;
    }

    /** The ACK in hand delivers {@code segment}. */
    void delivered(final SentSegment segment, final int upTo) {
        if (step != Step.IDLE && !segment.wasSentAgain() && SequenceNumber.lessOrEqual(upTo, recover)) {
            originalDelivered = true;
        }
    }

    /** True while retransmissions wait for what the next ACK says, and new data goes out instead. */
    boolean holdsRetransmissions() {
        return step == Step.SENDING_NEW;
    }

    /**
     * True if retransmissions wait although nothing new has gone out since the timeout, so that the next ACK will not
     * tell anything.
     */
    boolean holdsInVain(final int sndNxt) {
        return holdsRetransmissions() && sndNxt == recover;
    }

    /** An ACK was taken in. @return true if the timeout was spurious */
    boolean ackArrives(final AckArrival ack, final boolean haveSack) {
        if (step == Step.IDLE) {
            return false;
        }
        // With SACK any such segment proves it (RFC 5682 3.1, 2a and 3b); without, only the second ACK that advances
        // does (2.1, 3b).
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
