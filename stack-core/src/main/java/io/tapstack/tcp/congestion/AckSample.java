package io.tapstack.tcp.congestion;

/**
 * The content of one ACK, for {@link CongestionControl#acknowledged}. One object serves all connections of a stack, and
 * is refilled for each ACK that delivers data. Sizes are in bytes, times in nanoseconds of the stack's clock, sequence
 * numbers as in RFC 9293.
 *
 * <p>Delivered data is data that the peer is known to have: acknowledged, or selectively acknowledged (RFC 2018).
 */
public final class AckSample {

    /** Arrival time of the ACK. */
    public long nowNanos;

    /** Advance of SND.UNA; 0 for an ACK that only adds SACK blocks. */
    public int ackedBytes;

    /** Bytes that this ACK delivers: {@link #ackedBytes} less those already SACKed, plus those newly SACKed. */
    public int deliveredBytes;

    /** Bytes that this ACK marks as lost. */
    public int lostBytes;

    /** The pipe before this ACK (RFC 6675): the estimate of bytes in the network. */
    public int priorInFlight;

    /** The pipe after this ACK. */
    public int inFlight;

    /** SND.UNA after this ACK. */
    public int sndUna;

    /** SND.NXT. */
    public int sndNxt;

    /** Round-trip sample, never of a retransmitted segment; -1 if this ACK has none. */
    public long rttNanos = -1;

    /** SRTT (RFC 6298); 0 before the first measurement. */
    public long srttNanos;

    /** True in fast recovery, this ACK included; false in slow start after a timeout. */
    public boolean inRecovery;

    /** True if the congestion window limited the sender, or nearly did (RFC 7661 4.3, RFC 9438 5.8). */
    public boolean windowUsed;

    /**
     * True if Congestion Experienced has reduced the window within the last round trip. The window must not grow then
     * (RFC 3168 6.1.2).
     */
    public boolean ecnEcho;

    // ---- Delivery rate (draft-ietf-ccwg-bbr, 4.1), measured on the most recently sent segment that this ACK delivers.

    /** Bytes delivered since the connection began, this ACK included. */
    public long delivered;

    /** {@link #delivered} when that segment was sent. */
    public long priorDelivered;

    /** Interval in which {@code delivered - priorDelivered} bytes were delivered; 0 if there is no sample. */
    public long intervalNanos;

    /** Delivery rate in bytes per second; 0 if there is no sample. */
    public long deliveryRate;

    /** True if the application limited the rate: the path may deliver faster than the sample. */
    public boolean appLimited;

    /** Bytes in flight immediately after that segment was sent. */
    public int txInFlight;

    /** Bytes lost since the connection began. */
    public long lost;

    /** {@link #lost} when that segment was sent. */
    public long priorLost;
}
