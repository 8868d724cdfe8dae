package io.tapstack.httpd;

import java.net.InetSocketAddress;

/** The progress of sending. Written by the connection's thread, read by the server's watch. */
final class Transfer {

    private static final long REPORT_NANOS = 5_000_000_000L;

    /** The response that is being sent. */
    private static final class Current {

        private final String requestLine;
        private final long totalBytes;
        private final long startNanos;

        Current(final String requestLine, final long totalBytes, final long startNanos) {
            this.requestLine = requestLine;
            this.totalBytes = totalBytes;
            this.startNanos = startNanos;
        }
    }

    private static final Current NONE = new Current("", 0, 0);

    private volatile Current current = NONE;
    private volatile long bodyBytes;
    private volatile long lastProgressNanos;
    private long lastReportNanos; // of the watch

    /** Sending begins. */
    void begin(final String requestLine, final long totalBytes, final long startNanos, final long nowNanos) {
        bodyBytes = 0;
        lastProgressNanos = nowNanos;
        current = new Current(requestLine, totalBytes, startNanos);
    }

    /** The transport has taken {@code count} more bytes of the body. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void advance(final long count, final long nowNanos) {
        bodyBytes += count;
        lastProgressNanos = nowNanos;
    }

    /** Sending has ended. */
    void end() {
        current = NONE;
    }

    /** The bytes of the body, without the head, that the transport has taken. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** True if sending has not progressed for {@code limitNanos}. */
    boolean stalled(final long nowNanos, final long limitNanos) {
        return current != NONE && nowNanos - lastProgressNanos > limitNanos;
    }

    /** Logs a long transfer, every five seconds. For the watch alone. */
    void reportIfDue(final long nowNanos, final InetSocketAddress client, final AccessLog log) {
        final Current seen = current;
        if (seen == NONE) {
            return;
        }
        final long since = Math.max(seen.startNanos, lastReportNanos);
        if (nowNanos - since >= REPORT_NANOS) {
            lastReportNanos = nowNanos;
            log.progress(client, seen.requestLine, bodyBytes, seen.totalBytes, nowNanos - seen.startNanos);
        }
    }
}
