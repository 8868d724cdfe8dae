package io.tapstack.tcp.congestion;

/**
 * Whether the pipe is full (draft-ietf-ccwg-bbr 5.3.1.2): three rounds in which the delivery rate did not grow by a
 * quarter.
 */
final class FullPipe {

    private static final double GROWTH = 1.25;
    private static final int ROUNDS = 3;

    private long baseline;
    private int count;
    private boolean now;
    private boolean reached;

    /** Takes in an ACK. */
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

    /** Begins to look again, from this delivery rate. */
    void restart(final long bytesPerSecond) {
        baseline = bytesPerSecond;
        count = 0;
        now = false;
    }

    /** It is full: losses say so. */
    void declare() {
        now = true;
        reached = true;
    }

    /** True if it was found full since the last {@link #restart}. */
    boolean isNow() {
        return now;
    }

    /** True if it was ever found full. */
    boolean isReached() {
        return reached;
    }
}
