package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;

/**
 * Whether a recovery was for nothing: because the ACK that comes is for the first copy of what was sent again (the
 * Eifel detection of RFC 3522, by timestamps), or because the peer reports each retransmission as a duplicate (RFC
 * 3708, by DSACK). What follows from it, RFC 4015, is {@link LossRecovery.Verdict#UNDONE}.
 */
final class SpuriousRecovery {

    private boolean active;
    private int marker;
    private boolean stamped;
    private long firstAgainNanos;
    private int segmentsAgain;
    private int segmentsReported;

    /** A recovery starts. */
    void start(final int sndUna) {
        active = true;
        marker = sndUna;
        stamped = false;
        segmentsAgain = 0;
        segmentsReported = 0;
    }

    /** Nothing of it can be undone any more. */
    void stop() {
        active = false;
    }

    /** {@code segments} were sent again. */
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

    /** True if the ACK in hand, which advances, is for something sent before anything was sent again. */
    boolean isForFirstCopy(final AckArrival ack) {
        return active && stamped && ack.advances() && ack.echoesBefore(firstAgainNanos);
    }

    /** True if everything that was sent again came twice. */
    boolean isAllReported() {
        return active && segmentsAgain > 0 && segmentsReported >= segmentsAgain;
    }
}
