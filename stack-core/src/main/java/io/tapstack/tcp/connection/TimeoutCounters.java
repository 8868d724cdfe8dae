package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpInfo;

/** Counts retransmission timeouts and the time to recover from them (Linux: {@code tcp_update_rto_stats}). */
final class TimeoutCounters {

    private int count;
    private int recoveries;
    private long nanos;
    private boolean open;
    private long since;

    /**
     * The retransmission timer has expired.
     *
     * @param first true for the first timeout in a row
     */
    void timedOut(final boolean first, final long nowNanos) {
        count++;
        if (first) {
            recoveries++;
            since = open ? since : nowNanos;
            open = true;
        }
    }

    /** Adds {@code times} timeouts of a half-open connection, from {@code sinceNanos} to {@code nowNanos}. */
    void before(final int times, final long sinceNanos, final long nowNanos) {
        if (times > 0) {
            count = times;
            recoveries = 1;
            nanos = nowNanos - sinceNanos;
        }
    }

    /** The connection has recovered from the timeouts, or has ended. */
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
