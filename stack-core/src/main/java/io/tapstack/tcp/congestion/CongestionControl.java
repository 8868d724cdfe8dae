package io.tapstack.tcp.congestion;

/**
 * Limits the bytes in flight and the rate of sending. One object belongs to one connection. Loss recovery decides which
 * data is lost and retransmitted, and reports losses to this object.
 *
 * <p>All sizes are in bytes, all times in nanoseconds of the stack's clock. Methods are called with the lock of the
 * stack held, so no method waits, throws, or calls the stack; none allocates once the connection is established. The
 * easiest implementation extends {@link LossBasedControl}; a {@link CongestionControlFactory} hands it to connections.
 */
public interface CongestionControl {

    /** The name for TCP_CONGESTION, in lower case. */
    String name();

    /**
     * The handshake is complete; {@code mss} is the segment size and {@code initialWindow} the initial window (RFC
     * 6928).
     */
    void established(int mss, int initialWindow);

    /**
     * Replaces {@code previous} on an {@linkplain #established established} connection; cwnd continues from its value.
     */
    void takeOver(CongestionControl previous);

    /** The segment size has changed, with the path MTU. */
    void mss(int mss);

    /** The congestion window, cwnd. */
    int cwnd();

    /** The slow start threshold, ssthresh. */
    int ssthresh();

    /** Pacing rate in bytes per second, or 0 for no pacing. */
    default long pacingRate() {
        return 0;
    }

    /**
     * True if this congestion control sets cwnd during recovery. Otherwise Proportional Rate Reduction (RFC 9937) sets
     * it between {@link #lossDetected} and {@link #recovered}.
     */
    default boolean controlsRecovery() {
        return false;
    }

    /** The form of fast recovery on connections without SACK. */
    default FastRecovery fastRecovery() {
        return FastRecovery.UNTIL_RECOVER;
    }

    /** New data is sent; {@code priorInFlight} is the pipe before it. */
    default void sent(final int bytes, final int priorInFlight, final long nowNanos) {}

    /** An ACK has delivered data, in recovery or not; {@code ack} is valid during the call only. */
    void acknowledged(AckSample ack);

    /** Fast recovery starts after a loss, with {@code flight} bytes in the network. */
    void lossDetected(int flight, long nowNanos);

    /**
     * The peer echoes Congestion Experienced, for the first time in this round trip (RFC 3168 6.1.2); no data is lost.
     *
     * @param alternativeBackoff whether an algorithm that multiplies its window uses beta_ecn of RFC 8511
     */
    default void congestionExperienced(final int flight, final boolean alternativeBackoff, final long nowNanos) {
        lossDetected(flight, nowNanos);
    }

    /**
     * Fast recovery ends: all data in flight at its start is acknowledged.
     *
     * @param limit the bytes that may be in the network: ssthresh with SACK, as recovery has reduced the flight to it
     *     (RFC 9937 5); without SACK the bytes in the network (RFC 6582 3.2, step 3)
     */
    void recovered(int limit, long nowNanos);

    /**
     * The retransmission timer has expired with {@code flight} bytes in the network; {@code first} is false for another
     * timeout of the same segment.
     */
    void timedOut(int flight, boolean first, long nowNanos);

    /** The last {@link #lossDetected} or {@link #timedOut} was spurious (RFC 4015): restores cwnd and ssthresh. */
    void undo(long nowNanos);

    /** The connection has sent nothing for {@code idleNanos}, longer than {@code rtoNanos} (RFC 5681 4.1). */
    void restartAfterIdle(long idleNanos, long rtoNanos);
}
