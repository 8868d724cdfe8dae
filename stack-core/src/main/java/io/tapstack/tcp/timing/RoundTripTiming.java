package io.tapstack.tcp.timing;

import io.tapstack.wire.SequenceNumber;

/**
 * Which segment's round trip is being measured: one at a time, and none that was sent again (Karn's algorithm, RFC 6298
 * 3).
 */
public final class RoundTripTiming {

    private boolean active;
    private int end;
    private long sentAt;

    /** New data up to {@code segmentEnd} was sent. */
    public void sent(final int segmentEnd, final long nowNanos) {
        if (!active) {
            active = true;
            end = segmentEnd;
            sentAt = nowNanos;
        }
    }

    /** Data from {@code sequence} on was sent again: an ACK could be for either copy. */
    public void retransmitted(final int sequence) {
        if (active && SequenceNumber.lessThan(sequence, end)) {
            active = false;
        }
    }

    /**
     * Everything up to {@code ack} is acknowledged. @return the round trip in nanoseconds, or -1 if none was measured
     */
    public long acknowledged(final int ack, final long nowNanos) {
        if (!active || SequenceNumber.lessThan(ack, end)) {
            return -1;
        }
        active = false;
        return nowNanos - sentAt;
    }

    public void cancel() {
        active = false;
    }
}
