package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Detects a spurious recovery: the ACK is for the original transmission (Eifel detection, RFC 3522, by timestamps), or
 * the peer reports each retransmission as a duplicate (RFC 3708, by DSACK). The response of RFC 4015 is
 * {@link LossRecovery.Verdict#UNDONE}.
 */
final class SpuriousRecovery {

    private boolean active;
    private int marker;
    private boolean stamped;
    private long firstAgainNanos;
    private int segmentsAgain;
    private int segmentsReported;

    /**
     * A recovery starts. Earlier retransmissions may still be answered, and those answers say nothing about the
     * retransmissions of this recovery.
     *
     * @param segmentsInNetwork retransmitted segments in the network, such as a tail loss probe: a DSACK may be for one
     *     of them
     * @param unanswered true if there are retransmissions in the network, or at SND.UNA: an ACK may be for one of them,
     *     so the time of the first one is kept
     */
    void start(final int sndUna, final int segmentsInNetwork, final boolean unanswered) {
        active = true;
        marker = sndUna;
        stamped &= unanswered;
        segmentsAgain = segmentsInNetwork;
        segmentsReported = 0;
    }

    /** Ends the detection: the recovery cannot be undone any more. */
    void stop() {
        active = false;
    }

    /** All retransmissions before the next one are answered. */
    void allAnswered() {
        stamped = false;
    }

    /** Records {@code segments} retransmitted segments. */
    void sentAgain(final int segments, final long nowNanos) {
        if (!stamped) {
            stamped = true;
            firstAgainNanos = nowNanos;
        }
        segmentsAgain += segments;
    }

    /** The peer reports {@code bytes} from {@code left} on as received twice. */
    void dsack(final int left, final int bytes, final int mss) {
        if (active && SequenceNumber.greaterOrEqual(left, marker)) {
            segmentsReported += Math.max(1, (bytes + mss - 1) / mss);
        }
    }

    /** True if the current ACK, which advances, is for data sent before the first retransmission. */
    boolean isForFirstCopy(final AckArrival ack) {
        return active && stamped && ack.advances() && ack.echoesBefore(firstAgainNanos);
    }

    /** True if all retransmitted segments are reported as received twice. */
    boolean isAllReported() {
        return active && segmentsAgain > 0 && segmentsReported >= segmentsAgain;
    }
}
