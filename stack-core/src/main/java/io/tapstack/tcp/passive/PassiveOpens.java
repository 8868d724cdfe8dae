package io.tapstack.tcp.passive;

import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.segment.Segment;

/** Creates connections from half-open ones. */
public interface PassiveOpens {

    /** Creates a connection whose SYN-ACK {@code segment} acknowledges; it continues in SYN-RECEIVED. */
    void complete(HalfOpen half, PortSharing sharing, Segment segment, long nowNanos);

    /** RFC 7413 4.2.2: creates a connection that receives the data of {@code syn} before the handshake is complete. */
    void openFast(HalfOpen half, PortSharing sharing, Segment syn, FastOpenServer server, long nowNanos);
}
