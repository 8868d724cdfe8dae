package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;

/** One IP version, for {@link InternetProtocol}; its addresses are of one family. */
public interface IpVersion extends InternetLayer {

    /** Receives a packet of this version that the stack has sent to itself, and takes it. */
    void receiveOwn(PacketBuffer packet, long nowNanos);

    /** Sends the ICMP errors of this version. */
    IcmpReporter reporter();

    /** Drops all neighbours and fragments. */
    void stop();
}
