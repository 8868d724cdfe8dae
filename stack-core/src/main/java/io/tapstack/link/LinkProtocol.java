package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;

/** Takes the packets of one EtherType that come by one link. */
@FunctionalInterface
public interface LinkProtocol {

    /**
     * Takes a packet, and releases it. Its head is behind the link's header.
     *
     * @param unicast false if the frame came to a group address, broadcast among them
     * @param nowNanos the stack's time
     */
    void receive(PacketBuffer packet, boolean unicast, long nowNanos);
}
