package io.tapstack.tcp.congestion;

/**
 * The send quantum of a paced sender (draft-ietf-ccwg-bbr 5.6.3): data for about one millisecond in one burst, which
 * amortizes the timer and the system call.
 */
public final class SendQuantum {

    private static final int LARGEST = 64 << 10;
    private static final int SMALLEST_SEGMENTS = 2;
    private static final int PER_SECOND = 1_000;

    private SendQuantum() {}

    /** Returns the send quantum in bytes: whole segments, at least two. */
    public static int of(final long bytesPerSecond, final int mss) {
        final int millisecond = (int) Math.min(bytesPerSecond / PER_SECOND, LARGEST);
        return Math.max(SMALLEST_SEGMENTS, millisecond / mss) * mss;
    }
}
