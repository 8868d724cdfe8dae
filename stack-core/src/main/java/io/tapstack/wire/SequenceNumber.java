package io.tapstack.wire;

/**
 * Arithmetic on TCP sequence numbers: unsigned 32-bit numbers on a circle (RFC 9293 3.4). A number is an {@code int};
 * "before" is meaningful for numbers less than 2^31 apart. No other code compares sequence numbers.
 */
public final class SequenceNumber {

    private SequenceNumber() {}

    /** {@code a < b} on the circle. */
    public static boolean lessThan(final int a, final int b) {
        return a - b < 0;
    }

    /** {@code a =< b} on the circle. */
    public static boolean lessOrEqual(final int a, final int b) {
        return a - b <= 0;
    }

    /** {@code a > b} on the circle. */
    public static boolean greaterThan(final int a, final int b) {
        return a - b > 0;
    }

    /** {@code a >= b} on the circle. */
    public static boolean greaterOrEqual(final int a, final int b) {
        return a - b >= 0;
    }

    /** True if {@code number} lies in the {@code length} numbers that start at {@code start}. */
    public static boolean inWindow(final int number, final int start, final int length) {
        return Integer.compareUnsigned(number - start, length) < 0;
    }

    /** The later of two. */
    public static int max(final int a, final int b) {
        return a - b >= 0 ? a : b;
    }

    /** The earlier of two. */
    public static int min(final int a, final int b) {
        return a - b <= 0 ? a : b;
    }

    /** The distance from {@code from} to {@code to}; negative if {@code to} is behind. */
    public static int distance(final int from, final int to) {
        return to - from;
    }

    /** The number in decimal, unsigned. */
    public static String toString(final int number) {
        return Integer.toUnsignedString(number);
    }
}
