package io.tapstack.tcp.passive;

import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.segment.Segment;

/** Makes connections of half-open ones. */
public interface PassiveOpens {

    /** The peer's {@code segment} acknowledges our SYN-ACK: the connection goes on from SYN-RECEIVED with it. */
    void complete(HalfOpen half, PortSharing sharing, Segment segment, long nowNanos);

    /** RFC 7413 4.2.2: the connection receives the data of {@code syn} before the handshake is complete. */
    void openFast(HalfOpen half, PortSharing sharing, Segment syn, FastOpenServer server, long nowNanos);
}
