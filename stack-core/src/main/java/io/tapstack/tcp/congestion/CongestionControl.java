package io.tapstack.tcp.congestion;

/**
 * How much may be in flight. One object belongs to one connection; what is lost and sent again is
 * {@linkplain io.tapstack.tcp.recovery loss recovery}'s business, which tells this object what happened. All sizes in
 * bytes, all times in nanoseconds. Called by whoever runs the stack; allocates nothing.
 */
public interface CongestionControl {

    /** The name it is chosen by, in lower case. */
    String name();

    /** The handshake is over and the segment size known. */
    void established(int mss, int initialWindow);

    /** The segment size has changed (path MTU). */
    void mss(int mss);

    /** cwnd. */
    int cwnd();

    /** ssthresh. */
    int ssthresh();

    /** An ACK for new data came outside of recovery, while the window was being used. */
    void acknowledged(int bytes, long nowNanos);

    /** A loss was found by duplicate ACKs, with {@code flight} bytes in the network: recovery starts. */
    void lossDetected(int flight);

    /** Everything that was in flight when recovery started is acknowledged; {@code flight} bytes are in the network now. */
    void recovered(int flight);

    /** The retransmission timer expired with {@code flight} bytes in the network; {@code first} is false for repeats of the same segment. */
    void timedOut(int flight, boolean first);

    /** Nothing was sent for longer than an RTO (RFC 5681 4.1). */
    void restartAfterIdle();
}
