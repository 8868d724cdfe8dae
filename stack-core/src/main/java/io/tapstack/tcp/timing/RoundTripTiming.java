package io.tapstack.tcp.timing;

import io.tapstack.wire.SequenceNumber;

/** Measures the round trip of one segment at a time, without retransmissions (Karn's algorithm, RFC 6298 3). */
public final class RoundTripTiming {

    private boolean active;
    private int end;
    private long sentAt;

    /** Records new data up to {@code segmentEnd}. */
    public void sent(final int segmentEnd, final long nowNanos) {
        if (!active) {
            active = true;
            end = segmentEnd;
            sentAt = nowNanos;
        }
    }

    /** Cancels the measurement of data from {@code sequence} on: an ACK could be for either copy. */
    public void retransmitted(final int sequence) {
        if (active && SequenceNumber.lessThan(sequence, end)) {
            active = false;
        }
    }

    /**
     * Processes an acknowledgement up to {@code ack}.
     *
     * @return the round trip in nanoseconds, or -1 if none was measured
     */
    public long acknowledged(final int ack, final long nowNanos) {
        if (!active || SequenceNumber.lessThan(ack, end)) {
            return -1;
        }
        active = false;
        return nowNanos - sentAt;
    }

    /** Cancels the measurement. */
    public void cancel() {
        active = false;
    }
}
