package io.tapstack.tcp;

import io.tapstack.wire.SequenceNumber;

/**
 * The timestamps option of one connection (RFC 7323 3 to 5): our clock, the value to echo, and PAWS. Our clock ticks in
 * milliseconds from an offset of the connection's own, so that it tells nothing about the machine (RFC 7323 5.4 and 7.1).
 */
final class Timestamps {

    private static final long NANOS_PER_TICK = 1_000_000;
    // RFC 7323 5.5: TS.Recent is void after the connection was idle for 24 days.
    private static final long TS_RECENT_LIFETIME = 24L * 24 * 3_600 * 1_000_000_000;

    private final int offset;
    private boolean enabled;
    private int tsRecent;
    private long tsRecentTime;
    private int lastAckSent;

    /**
     * @param offset what our clock shows at the stack's time 0
     */
    Timestamps(final int offset) {
        this.offset = offset;
    }

    /** True if both SYNs carried the option. */
    boolean enabled() {
        return enabled;
    }

    /** Both SYNs carry the option; the peer's carried {@code tsVal}. */
    void agree(final int tsVal, final long nowNanos) {
        enabled = true;
        tsRecent = tsVal;
        tsRecentTime = nowNanos;
    }

    /** TSval for a segment that is sent now. */
    int value(final long nowNanos) {
        return offset + (int) (nowNanos / NANOS_PER_TICK);
    }

    /** TSecr for a segment that is sent now: TS.Recent. */
    int echo() {
        return tsRecent;
    }

    /** Nanoseconds from when {@code tsEcr} was our clock until now, to the tick. */
    long age(final int tsEcr, final long nowNanos) {
        return (value(nowNanos) - tsEcr) * NANOS_PER_TICK;
    }

    /** When {@code tsEcr} was our clock, in milliseconds of the stack's. */
    long sentMillis(final int tsEcr, final long nowNanos) {
        return Math.floorDiv(nowNanos, NANOS_PER_TICK) - (value(nowNanos) - tsEcr);
    }

    /** RFC 7323 5.3 R1: the segment is older than what was received already. */
    boolean isOld(final int tsVal, final long nowNanos) {
        return SequenceNumber.lessThan(tsVal, tsRecent) && nowNanos - tsRecentTime < TS_RECENT_LIFETIME;
    }

    /** RFC 7323 4.3 (2), 5.3 R3: the segment spans Last.ACK.sent, so its timestamp is the one to echo. */
    void accepted(final int tsVal, final int segSeq, final long nowNanos) {
        if (SequenceNumber.greaterOrEqual(tsVal, tsRecent) && SequenceNumber.lessOrEqual(segSeq, lastAckSent)
                || nowNanos - tsRecentTime >= TS_RECENT_LIFETIME) {
            tsRecent = tsVal;
            tsRecentTime = nowNanos;
        }
    }

    /** Last.ACK.sent: RCV.NXT went out in a segment. */
    void ackSent(final int ack) {
        lastAckSent = ack;
    }

    /** TS.Recent, for the TIME-WAIT rules of RFC 6191. */
    int tsRecent() {
        return tsRecent;
    }
}
