package io.tapstack.tcp.passive;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Segment;

/** The LISTEN state as half-open and new connections of a listener use it. */
public interface ListenState {

    /** The options of new connections. */
    TcpConfig config();

    /**
     * Completes a connection: {@code segment} acknowledges the SYN-ACK of {@code half}, and the new connection
     * processes the rest of it.
     */
    void handshakeAcknowledged(HalfOpen half, Segment segment, long nowNanos);

    /** The handshake has failed. */
    void handshakeFailed(HalfOpen half);

    /** The handshake of {@code connection} is complete; it moves to the accept queue. */
    void established(UnacceptedConnection connection, long nowNanos);
}
