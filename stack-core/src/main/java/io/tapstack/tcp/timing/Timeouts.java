package io.tapstack.tcp.timing;

/** Receives the TIMEOUTS of a connection's timers (RFC 9293 3.10.8), and the end of a delayed ACK. */
public interface Timeouts {

    /** The retransmission timer has expired (RFC 6298 5.4). */
    void retransmissionTimeout(long nowNanos);

    /** The persist timer has expired (RFC 9293 3.8.6.1), or the override timeout (3.8.6.2.1). */
    void persistTimeout(long nowNanos);

    /** A delayed ACK is due (RFC 1122 4.2.3.2). */
    void ackTimeout(long nowNanos);

    /** Requests {@link DelayedAck#burstEnded} at the end of the burst of segments, as the ACK waits for it. */
    void ackAfterBurst();
}
