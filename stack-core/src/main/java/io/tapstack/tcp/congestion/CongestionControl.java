package io.tapstack.tcp.congestion;

/**
 * Limits the bytes in flight, and the rate at which they leave. One object belongs to one connection; what is lost and
 * sent again is loss recovery's business, which tells this object what happened.
 *
 * <p>All sizes in bytes, all times in nanoseconds of the stack's clock. Called with the lock of the stack held, so no
 * method waits, throws, or calls the stack; none allocates once the connection is established. The easiest
 * implementation extends {@link LossBasedControl}; a {@link CongestionControlFactory} hands it to connections.
 */
public interface CongestionControl {

    /** The name it is chosen by, in lower case. */
    String name();

    /** The handshake is over and the segment size known. */
    void established(int mss, int initialWindow);

    /**
     * It takes the place of {@code previous} on a connection that is {@linkplain #established established}: cwnd goes
     * on from there.
     */
    void takeOver(CongestionControl previous);

    /** The segment size has changed (path MTU). */
    void mss(int mss);

    /** cwnd. */
    int cwnd();

    /** ssthresh. */
    int ssthresh();

    /** Bytes a second at which segments may leave, or 0 for as fast as the window allows. */
    default long pacingRate() {
        return 0;
    }

    /**
     * True if it sets cwnd by itself while losses are made good. For the others Proportional Rate Reduction (RFC 9937)
     * holds cwnd between {@link #lossDetected} and {@link #recovered}.
     */
    default boolean controlsRecovery() {
        return false;
    }

    /** How fast recovery goes on where there is no SACK. */
    default FastRecovery fastRecovery() {
        return FastRecovery.UNTIL_RECOVER;
    }

    /** New data is sent. {@code priorInFlight} is the pipe before it. */
    default void sent(final int bytes, final int priorInFlight, final long nowNanos) {}

    /** An ACK delivered something, in recovery or not. */
    void acknowledged(AckSample ack);

    /** A loss was found, with {@code flight} bytes in the network: fast recovery starts. */
    void lossDetected(int flight, long nowNanos);

    /**
     * The peer echoes Congestion Experienced, the first time in this round trip (RFC 3168 6.1.2); nothing is lost.
     *
     * @param alternativeBackoff whether an algorithm that multiplies its window takes beta_ecn of RFC 8511 for it
     */
    default void congestionExperienced(final int flight, final boolean alternativeBackoff, final long nowNanos) {
        lossDetected(flight, nowNanos);
    }

    /**
     * Everything that was in flight when recovery started is acknowledged.
     *
     * @param limit the bytes that may be in the network now: with SACK ssthresh, as recovery has brought the flight
     *     down to that (RFC 9937 5); without SACK the bytes that are in the network (RFC 6582 3.2, step 3)
     */
    void recovered(int limit, long nowNanos);

    /**
     * The retransmission timer expired with {@code flight} bytes in the network; {@code first} is false for repeats of
     * the same segment.
     */
    void timedOut(int flight, boolean first, long nowNanos);

    /**
     * The last {@link #lossDetected} or {@link #timedOut} was spurious (RFC 4015): nothing was lost, and cwnd and
     * ssthresh return.
     */
    void undo(long nowNanos);

    /** Nothing was sent for {@code idleNanos}, which is longer than {@code rtoNanos} (RFC 5681 4.1). */
    void restartAfterIdle(long idleNanos, long rtoNanos);
}
