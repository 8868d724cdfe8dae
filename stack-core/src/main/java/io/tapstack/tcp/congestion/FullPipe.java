package io.tapstack.tcp.congestion;

/**
 * Detects a full pipe (draft-ietf-ccwg-bbr 5.3.1.2): three rounds in which the delivery rate grows by less than a
 * quarter.
 */
final class FullPipe {

    private static final double GROWTH = 1.25;
    private static final int ROUNDS = 3;

    private long baseline;
    private int count;
    private boolean now;
    private boolean reached;

    /** Processes an ACK. */
    void update(final AckSample ack, final boolean roundStart) {
        if (now || !roundStart || ack.appLimited || ack.deliveryRate == 0) {
            return;
        }
        if (ack.deliveryRate >= baseline * GROWTH) {
            restart(ack.deliveryRate);
            return;
        }
        if (++count >= ROUNDS) {
            declare();
        }
    }

    /** Restarts the detection from this delivery rate. */
    void restart(final long bytesPerSecond) {
        baseline = bytesPerSecond;
        count = 0;
        now = false;
    }

    /** Declares the pipe full, because of losses. */
    void declare() {
        now = true;
        reached = true;
    }

    /** True if the pipe was full since the last {@link #restart}. */
    boolean isNow() {
        return now;
    }

    /** True if the pipe was full since the connection began. */
    boolean isReached() {
        return reached;
    }
}
