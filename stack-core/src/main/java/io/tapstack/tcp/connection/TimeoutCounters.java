package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpInfo;

/**
 * How often the retransmission timer expired, and how long it took to make that good (Linux:
 * {@code tcp_update_rto_stats}).
 */
final class TimeoutCounters {

    private int count;
    private int recoveries;
    private long nanos;
    private boolean open;
    private long since;

    /** It has expired; {@code first} if it is the first time in a row. */
    void timedOut(final boolean first, final long nowNanos) {
        count++;
        if (first) {
            recoveries++;
            since = open ? since : nowNanos;
            open = true;
        }
    }

    /** The same happened {@code times} before there was a connection, from {@code sinceNanos} to {@code nowNanos}. */
    void before(final int times, final long sinceNanos, final long nowNanos) {
        if (times > 0) {
            count = times;
            recoveries = 1;
            nanos = nowNanos - sinceNanos;
        }
    }

    /** What was timed out is made good, or nothing will. */
    void madeGood(final long nowNanos) {
        if (open) {
            open = false;
            nanos += nowNanos - since;
        }
    }

    TcpInfo.Timeouts snapshot(final long nowNanos) {
        return new TcpInfo.Timeouts(count, recoveries, nanos + (open ? nowNanos - since : 0));
    }
}
