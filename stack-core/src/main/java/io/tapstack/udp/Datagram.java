package io.tapstack.udp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A received datagram: its payload by reference, and its addresses. The caller of {@link UdpEndpoint#receive()} owns
 * it, may copy from it without the stack's lock, and releases it once, with the lock held. It must not be used after
 * that: the object serves the endpoint's next datagram.
 */
public final class Datagram {

    private final DatagramQueue queue;
    private @Nullable PacketBuffer payload;
    private Endpoint source = Endpoint.anyIpv4(0);
    private IpAddress destination = IpAddress.ANY_IPV4;
    private int trafficClass;
    private int timeToLive;
    private long arrivalNanos;

    /** The next free datagram of the queue, while this one is free. */
    @Nullable
    Datagram nextFree;

    Datagram(final DatagramQueue queue) {
        this.queue = queue;
    }

    /** @param payload its head is at the payload; becomes ours */
    void set(
            final PacketBuffer payload,
            final Endpoint source,
            final IpAddress destination,
            final ReceivedPacket info,
            final long nowNanos) {
        this.payload = payload;
        this.source = source;
        this.destination = destination;
        this.trafficClass = info.trafficClass();
        this.timeToLive = info.hopLimit();
        this.arrivalNanos = nowNanos;
    }

    /** The sender. */
    public Endpoint source() {
        return source;
    }

    /** The destination address: ours, or a broadcast or group address. */
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

    /** The stack's time of its arrival. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /** Bytes of payload, also if the reader's buffer is smaller: {@code MSG_TRUNC} of recv(2). */
    public int length() {
        return payload().contiguousLength();
    }

    /**
     * Copies payload to {@code target}, from its position on; bytes beyond its limit are left out.
     *
     * @return the number of bytes copied
     */
    public int copyTo(final ByteBuffer target) {
        final int count = Math.min(length(), target.remaining());
        final PacketBuffer from = payload();
        target.put(target.position(), from.memory().bytes(), from.head(), count);
        target.position(target.position() + count);
        return count;
    }

    /** The payload itself, borrowed: from its head to its tail. */
    public PacketBuffer payload() {
        final PacketBuffer packet = payload;
        if (packet == null) {
            throw new IllegalStateException("the datagram was released");
        }
        return packet;
    }

    /** Releases the memory. */
    public void release() {
        payload().release();
        payload = null;
        queue.takeBack(this);
    }

    int heldBytes() {
        return payload().memory().capacity();
    }
}
