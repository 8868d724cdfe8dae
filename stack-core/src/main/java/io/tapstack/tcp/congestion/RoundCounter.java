package io.tapstack.tcp.congestion;

/**
 * Packet-timed round trips (draft-ietf-ccwg-bbr 5.5.1): a round ends when a segment that was sent after its start is
 * delivered.
 */
final class RoundCounter {

    private long count;
    private long nextRoundDelivered;
    private boolean start;

    /** Processes an ACK. */
    void update(final AckSample ack) {
        start = ack.priorDelivered >= nextRoundDelivered;
        if (start) {
            count++;
            begin(ack.delivered);
        }
    }

    /** Starts a round, with {@code delivered} bytes delivered so far. */
    void begin(final long delivered) {
        nextRoundDelivered = delivered;
    }

    /** True if a round started with the last ACK. */
    boolean isStart() {
        return start;
    }

    long count() {
        return count;
    }
}
