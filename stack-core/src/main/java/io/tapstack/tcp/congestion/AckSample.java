package io.tapstack.tcp.congestion;

/**
 * What one ACK says about the network, for {@link CongestionControl#acknowledged}. One object serves all connections of
 * a stack and is filled anew for every ACK that delivers something. Sizes in bytes, times in nanoseconds of the stack's
 * clock, sequence numbers as in RFC 9293.
 *
 * <p>"Delivered" is what the peer is known to have: what is acknowledged, and what is selectively acknowledged (RFC
 * 2018).
 */
public final class AckSample {

    /** When the ACK came. */
    public long nowNanos;

    /** By how much the ACK moved SND.UNA; 0 for one that only brought SACK blocks. */
    public int ackedBytes;

    /** What this ACK delivered: {@link #ackedBytes} less what was SACKed before, and what it newly SACKs. */
    public int deliveredBytes;

    /** What was found lost because of this ACK. */
    public int lostBytes;

    /** The pipe (RFC 6675): bytes in the network, before this ACK and after it. */
    public int priorInFlight;

    public int inFlight;

    /** SND.UNA after the ACK, and SND.NXT. */
    public int sndUna;

    public int sndNxt;

    /** A fresh round trip, never of something that was sent twice; -1 if this ACK has none. */
    public long rttNanos = -1;

    /** The smoothed round trip (RFC 6298), 0 before the first measurement. */
    public long srttNanos;

    /** True while fast recovery lasts, this ACK included; false while a timeout is made good by slow start. */
    public boolean inRecovery;

    /** True if the congestion window was what held the sender back, or nearly so (RFC 7661 4.3, RFC 9438 5.8). */
    public boolean windowUsed;

    /**
     * True if the window was reduced within the last round trip for Congestion Experienced: it must not grow (RFC 3168
     * 6.1.2).
     */
    public boolean ecnEcho;

    // ---- Delivery rate (draft-ietf-ccwg-bbr, 4.1): of the most recently sent segment that this ACK delivered.

    /** Bytes delivered in the life of the connection, this ACK included. */
    public long delivered;

    /** {@link #delivered} when that segment was sent. */
    public long priorDelivered;

    /** The interval over which {@code delivered - priorDelivered} were delivered; 0 if there is no sample. */
    public long intervalNanos;

    /** Bytes a second; 0 if there is no sample. */
    public long deliveryRate;

    /** True if the application, not the network, set the rate: the sample may be lower than what the path can do. */
    public boolean appLimited;

    /** Bytes in flight right after that segment was sent. */
    public int txInFlight;

    /** Bytes lost in the life of the connection, now and when that segment was sent. */
    public long lost;

    public long priorLost;
}
