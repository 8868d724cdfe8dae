package io.tapstack.tcp.segment;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * The timestamps option of one connection (RFC 7323 3 to 5): our clock, the value to echo, and PAWS. Our clock ticks in
 * milliseconds from an offset of the connection's own, so that it tells nothing about the machine (RFC 7323 5.4 and
 * 7.1).
 */
public final class Timestamps {

    public static final long NANOS_PER_TICK = 1_000_000;
    // RFC 7323 5.5: TS.Recent is void after the connection was idle for 24 days.
    private static final long TS_RECENT_LIFETIME = 24L * 24 * 3_600 * 1_000_000_000;

    private final int offset;
    private boolean enabled;
    private int tsRecent;
    private long tsRecentTime;
    private int lastAckSent;

    /** @param offset what our clock shows at the stack's time 0 */
    public Timestamps(final int offset) {
        this.offset = offset;
    }

    /** True if both SYNs carried the option. */
    public boolean enabled() {
        return enabled;
    }

    /** Both SYNs carry the option; the peer's carried {@code tsVal}. */
    public void agree(final int tsVal, final long nowNanos) {
        enabled = true;
        tsRecent = tsVal;
        tsRecentTime = nowNanos;
    }

    /** The peer has not seen the option in our SYN-ACK: it completes the handshake without. */
    public void notAgreed() {
        enabled = false;
    }

    /** TSval for a segment that is sent now. */
    public int value(final long nowNanos) {
        return offset + (int) (nowNanos / NANOS_PER_TICK);
    }

    /** TSecr for a segment that is sent now: TS.Recent. */
    public int echo() {
        return tsRecent;
    }

    /** Nanoseconds from when {@code tsEcr} was our clock until now, to the tick. */
    public long age(final int tsEcr, final long nowNanos) {
        return (value(nowNanos) - tsEcr) * NANOS_PER_TICK;
    }

    /** When {@code tsEcr} was our clock, in milliseconds of the stack's. */
    public long sentMillis(final int tsEcr, final long nowNanos) {
        return Math.floorDiv(nowNanos, NANOS_PER_TICK) - (value(nowNanos) - tsEcr);
    }

    /** RFC 7323 5.3 R1: the segment is older than what was received already. */
    boolean isOld(final int tsVal, final long nowNanos) {
        return SequenceNumber.lessThan(tsVal, tsRecent) && nowNanos - tsRecentTime < TS_RECENT_LIFETIME;
    }

    /**
     * PAWS (RFC 7323 5.3 R1), for a connection that has agreed on timestamps. A segment without the option passes, as
     * on Linux, though RFC 7323 3.2 would have it dropped (SHOULD): middleboxes strip options, and a connection through
     * one would be dead.
     *
     * @return true if {@code segment} is old, which has to be answered
     */
    public boolean refuses(final Segment segment, final long nowNanos) {
        return !segment.has(TcpHeader.RST)
                && segment.options.hasTimestamps()
                && isOld(segment.options.timestampValue(), nowNanos);
    }

    /**
     * Whether TSecr is a TSval that a handshake has sent which began at {@code sinceNanos} (RFC 7323 3.2). TSecr means
     * something only in a segment with ACK, and as on Linux a zero means nothing: some middleboxes write it.
     */
    public boolean isEchoSince(final Segment segment, final long sinceNanos, final long nowNanos) {
        if (!segment.has(TcpHeader.ACK) || !segment.options.hasTimestamps()) {
            return true;
        }
        final int echo = segment.options.timestampEcho();
        return echo == 0
                || SequenceNumber.greaterOrEqual(echo, value(sinceNanos))
                        && SequenceNumber.lessOrEqual(echo, value(nowNanos));
    }

    /** RFC 7323 4.3 (2), 5.3 R3: the segment spans Last.ACK.sent, so its timestamp is the one to echo. */
    public void accepted(final int tsVal, final int segSeq, final long nowNanos) {
        if (SequenceNumber.greaterOrEqual(tsVal, tsRecent) && SequenceNumber.lessOrEqual(segSeq, lastAckSent)
                || nowNanos - tsRecentTime >= TS_RECENT_LIFETIME) {
            tsRecent = tsVal;
            tsRecentTime = nowNanos;
        }
    }

    /** Last.ACK.sent: RCV.NXT went out in a segment. */
    public void ackSent(final int ack) {
        lastAckSent = ack;
    }

    /** TS.Recent, for the TIME-WAIT rules of RFC 6191. */
    public int tsRecent() {
        return tsRecent;
    }
}
