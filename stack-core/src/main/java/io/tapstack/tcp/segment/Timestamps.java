package io.tapstack.tcp.segment;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * The timestamps option of one connection (RFC 7323 3 to 5): our timestamp clock, the value to echo, and PAWS. The
 * clock ticks in milliseconds from an offset per connection, so that it reveals nothing about the machine (RFC 7323 5.4
 * and 7.1).
 */
public final class Timestamps {

    /** One tick of the timestamp clock, in nanoseconds. */
    public static final long NANOS_PER_TICK = 1_000_000;
    // RFC 7323 5.5: TS.Recent is void after the connection was idle for 24 days.
    private static final long TS_RECENT_LIFETIME = 24L * 24 * 3_600 * 1_000_000_000;

    private final int offset;
    private boolean enabled;
    private int tsRecent;
    private long tsRecentTime;
    private int lastAckSent;

    /** @param offset value of our timestamp clock at the stack's time 0 */
    public Timestamps(final int offset) {
        this.offset = offset;
    }

    /** True if both SYNs carried the option. */
    public boolean enabled() {
        return enabled;
    }

    /** Enables timestamps: both SYNs carry the option, the peer's with {@code tsVal}. */
    public void agree(final int tsVal, final long nowNanos) {
        enabled = true;
        tsRecent = tsVal;
        tsRecentTime = nowNanos;
    }

    /**
     * Disables timestamps: the peer completes the handshake without them, so it has not seen the option of our SYN-ACK.
     */
    public void notAgreed() {
        enabled = false;
    }

    /** TSval for a segment sent now. */
    public int value(final long nowNanos) {
        return offset + (int) (nowNanos / NANOS_PER_TICK);
    }

    /** TSecr for a segment sent now: TS.Recent. */
    public int echo() {
        return tsRecent;
    }

    /** Nanoseconds since our timestamp clock had the value {@code tsEcr}, in whole ticks. */
    public long age(final int tsEcr, final long nowNanos) {
        return (value(nowNanos) - tsEcr) * NANOS_PER_TICK;
    }

    /** Time at which our timestamp clock had the value {@code tsEcr}, in milliseconds of the stack's clock. */
    public long sentMillis(final int tsEcr, final long nowNanos) {
        return Math.floorDiv(nowNanos, NANOS_PER_TICK) - (value(nowNanos) - tsEcr);
    }

    /** RFC 7323 5.3 R1: true if the segment is older than one received before. */
    boolean isOld(final int tsVal, final long nowNanos) {
        return SequenceNumber.lessThan(tsVal, tsRecent) && nowNanos - tsRecentTime < TS_RECENT_LIFETIME;
    }

    /**
     * PAWS (RFC 7323 5.3 R1), for a connection that has negotiated timestamps. A segment without the option passes, as
     * on Linux, though RFC 7323 3.2 says to drop it (SHOULD): middleboxes strip options, and a connection through one
     * would stall.
     *
     * @return true if {@code segment} is old and must be answered
     */
    public boolean refuses(final Segment segment, final long nowNanos) {
        return !segment.has(TcpHeader.RST)
                && segment.options.hasTimestamps()
                && isOld(segment.options.timestampValue(), nowNanos);
    }

    /**
     * True if TSecr is a TSval of a handshake that began at {@code sinceNanos} (RFC 7323 3.2). TSecr is valid only in a
     * segment with ACK; as on Linux a zero is ignored, as some middleboxes write it.
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

    /** RFC 7323 4.3 (2), 5.3 R3: updates TS.Recent from a segment that spans Last.ACK.sent. */
    public void accepted(final int tsVal, final int segSeq, final long nowNanos) {
        if (SequenceNumber.greaterOrEqual(tsVal, tsRecent) && SequenceNumber.lessOrEqual(segSeq, lastAckSent)
                || nowNanos - tsRecentTime >= TS_RECENT_LIFETIME) {
            tsRecent = tsVal;
            tsRecentTime = nowNanos;
        }
    }

    /** Sets Last.ACK.sent: RCV.NXT was sent in a segment. */
    public void ackSent(final int ack) {
        lastAckSent = ack;
    }

    /** TS.Recent, for the TIME-WAIT rules of RFC 6191. */
    public int tsRecent() {
        return tsRecent;
    }
}
