package io.tapstack.ip;

/**
 * The limits of reassembly. Memory is counted as held, not as payload.
 *
 * @param timeoutNanos time from the first received fragment until the datagram is given up (RFC 1122 3.3.2: 60 to 120
 *     seconds)
 * @param maxBytes in all
 * @param maxBytesPerSource for one sender
 * @param maxDatagramsPerSource for one sender
 * @param maxFragments for one datagram; the smallest link (RFC 791 3.2: 68 bytes) makes 1,366 of the largest
 */
public record ReassemblyLimits(
        long timeoutNanos, int maxBytes, int maxBytesPerSource, int maxDatagramsPerSource, int maxFragments) {

    public static final ReassemblyLimits DEFAULT = new ReassemblyLimits(60_000_000_000L, 4 << 20, 1 << 20, 64, 4_096);
}
