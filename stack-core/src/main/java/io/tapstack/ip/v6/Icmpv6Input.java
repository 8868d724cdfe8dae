package io.tapstack.ip.v6;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.ReceivedPacket;
import org.jspecify.annotations.Nullable;

/** Takes the ICMPv6 messages that arrive; ICMPv6 implements it. */
@FunctionalInterface
public interface Icmpv6Input {

    /**
     * Takes a message, its head at the ICMPv6 header, and releases it.
     *
     * @param arrival the receiving interface, or null for a packet to ourselves
     */
    void receive(PacketBuffer packet, ReceivedPacket info, @Nullable Ipv6Interface arrival, long nowNanos);
}
