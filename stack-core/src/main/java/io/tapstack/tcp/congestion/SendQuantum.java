package io.tapstack.tcp.congestion;

/**
 * How much a paced sender lets go at once (draft-ietf-ccwg-bbr 5.6.3): about a millisecond's worth, so that a timer and
 * a system call pay.
 */
public final class SendQuantum {

    private static final int LARGEST = 64 << 10;
    private static final int SMALLEST_SEGMENTS = 2;
    private static final int PER_SECOND = 1_000;

    private SendQuantum() {}

    /** In bytes, whole segments, two at least. */
    public static int of(final long bytesPerSecond, final int mss) {
        final int millisecond = (int) Math.min(bytesPerSecond / PER_SECOND, LARGEST);
        return Math.max(SMALLEST_SEGMENTS, millisecond / mss) * mss;
    }
}
