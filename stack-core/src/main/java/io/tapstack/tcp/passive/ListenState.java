package io.tapstack.tcp.passive;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Segment;

/** LISTEN, as the half-open connections and new connections of a listener see it. */
public interface ListenState {

    /** The options that new connections begin with. */
    TcpConfig config();

    /**
     * {@code segment} acknowledges the SYN-ACK of {@code half}: it makes a connection, which processes the segment
     * further.
     */
    void handshakeAcknowledged(HalfOpen half, Segment segment, long nowNanos);

    /** The handshake has failed. */
    void handshakeFailed(HalfOpen half);

    /** The handshake of {@code connection} is complete: it waits to be accepted. */
    void established(UnacceptedConnection connection, long nowNanos);
}
