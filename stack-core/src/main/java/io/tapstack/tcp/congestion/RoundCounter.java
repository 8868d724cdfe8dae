package io.tapstack.tcp.congestion;

/**
 * Packet-timed round trips (draft-ietf-ccwg-bbr 5.5.1): one is over when something is delivered that was sent after it
 * began.
 */
final class RoundCounter {

    private long count;
    private long nextRoundDelivered;
    private boolean start;

    /** Takes in an ACK. */
    void update(final AckSample ack) {
        start = ack.priorDelivered >= nextRoundDelivered;
        if (start) {
            count++;
            begin(ack.delivered);
        }
    }

    /** A round begins here, with {@code delivered} bytes delivered so far. */
    void begin(final long delivered) {
        nextRoundDelivered = delivered;
    }

    /** True if a round began with the last ACK. */
    boolean isStart() {
        return start;
    }

    long count() {
        return count;
    }
}
