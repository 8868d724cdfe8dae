package io.tapstack.udp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;

/**
 * A received datagram: its payload by reference, and where it came from. It belongs to who took it from
 * {@link UdpEndpoint#receive()}, may be copied out of without the stack's door, and is released once, under the door.
 */
public final class Datagram {

    private final PacketBuffer payload;
    private final Endpoint source;
    private final IpAddress destination;
    private final int trafficClass;
    private final int timeToLive;

    /** @param payload its head is at the payload; becomes ours */
    Datagram(
            final PacketBuffer payload, final Endpoint source, final IpAddress destination, final ReceivedPacket info) {
        this.payload = payload;
        this.source = source;
        this.destination = destination;
        this.trafficClass = info.trafficClass();
        this.timeToLive = info.timeToLive();
    }

    /** Who sent it. */
    public Endpoint source() {
        return source;
    }

    /** The address that it was sent to: ours, or a broadcast or group address. */
    public IpAddress destination() {
        return destination;
    }

    /** DSCP and ECN bits. */
    public int trafficClass() {
        return trafficClass;
    }

    public int timeToLive() {
        return timeToLive;
    }

    /** Bytes of payload, whatever room the reader has: {@code MSG_TRUNC} of recv(2). */
    public int length() {
        return payload.contiguousLength();
    }

    /**
     * Copies payload to {@code target}, from its position on; what does not fit is left out.
     *
     * @return how many bytes were copied
     */
    public int copyTo(final ByteBuffer target) {
        final int count = Math.min(length(), target.remaining());
        if (count > 0) {
            target.put(payload.memory().bytes().slice(payload.head(), count));
        }
        return count;
    }

    /** The payload itself, borrowed: from its head to its tail. */
    public PacketBuffer payload() {
        return payload;
    }

    /** Gives the memory back. */
    public void release() {
        payload.release();
    }

    int heldBytes() {
        return payload.memory().capacity();
    }
}
