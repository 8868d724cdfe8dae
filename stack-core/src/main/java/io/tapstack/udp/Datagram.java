package io.tapstack.udp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A received datagram, or several that are {@linkplain UdpOptions#joined joined}: its payload by reference, and its
 * addresses. The caller of {@link UdpEndpoint#receive()} owns it, may copy from it without the stack's lock, and
 * releases it once, with the lock held. It must not be used after that: the object serves the endpoint's next datagram.
 */
public final class Datagram {

    /** The poll of a datagram that is joined with no other. */
    static final int ALONE = -1;

    private static final int MOST_SEGMENTS = 64; // Linux's UDP_GRO_CNT_MAX
    private static final int MOST_BYTES = 65_535 - 20 - 8;

    private final DatagramQueue queue;
    private @Nullable PacketBuffer payload;
    private Endpoint source = Endpoint.anyIpv4(0);
    private IpAddress destination = IpAddress.ANY_IPV4;
    private int trafficClass;
    private int timeToLive;
    private long arrivalNanos;
    private int poll = ALONE;

    // Joined: the size of all but the last, the number, and the sum; the list begins here.
    private int segmentBytes;
    private int segments;
    private int length;
    private @Nullable Datagram next;
    private @Nullable Datagram last;
    private boolean peeked;

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
            final int arrivalPoll,
            final long nowNanos) {
        this.poll = arrivalPoll;
        this.segmentBytes = payload.contiguousLength();
        this.length = segmentBytes;
        this.segments = 1;
        this.peeked = false;
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

    /**
     * Joins {@code more}, which has arrived after this one in the same poll, if it has the same addresses and size. A
     * shorter one is the last.
     *
     * @return false if it remains a datagram of its own
     */
    boolean join(final Datagram more) {
        final boolean together = poll != ALONE
                && poll == more.poll
                && length == segments * segmentBytes
                && more.length > 0
                && more.length <= segmentBytes
                && segments < MOST_SEGMENTS
                && length + more.length <= MOST_BYTES
                && source.equals(more.source)
                && destination.equals(more.destination)
                && trafficClass == more.trafficClass
                && timeToLive == more.timeToLive;
        if (together) {
            (last == null ? this : last).next = more;
            last = more;
            segments++;
            length += more.length;
        }
        return together;
    }

    /** The size of the joined datagrams, of which the last may be shorter; 0 if this is a single one. */
    public int segmentBytes() {
        return segments > 1 ? segmentBytes : 0;
    }

    /** Bytes of payload, also if the reader's buffer is smaller: {@code MSG_TRUNC} of recv(2). */
    public int length() {
        return length;
    }

    /** True if it was peeked at while it waited: a mark for the reader. */
    public boolean wasPeeked() {
        return peeked;
    }

    /** Marks it as peeked at. */
    public void peeked() {
        peeked = true;
    }

    /** Copies payload from its beginning on; see {@link #copyTo(ByteBuffer, int)}. */
    public int copyTo(final ByteBuffer target) {
        return copyTo(target, 0);
    }

    /**
     * Copies payload to {@code target}, from its position on; bytes beyond its limit are left out.
     *
     * @param skipped bytes of payload to leave out
     * @return the number of bytes copied
     */
    public int copyTo(final ByteBuffer target, final int skipped) {
        int copied = 0;
        int skip = skipped;
        for (Datagram each = this; each != null && target.hasRemaining(); each = each.next) {
            final PacketBuffer from = each.payload();
            final int bytes = from.contiguousLength();
            final int at = Math.min(skip, bytes);
            final int count = Math.min(bytes - at, target.remaining());
            target.put(target.position(), from.memory().bytes(), from.head() + at, count);
            skip -= at;
            target.position(target.position() + count);
            copied += count;
        }
        return copied;
    }

    /** The payload itself, borrowed: from its head to its tail; of joined datagrams, that of the first. */
    public PacketBuffer payload() {
        final PacketBuffer packet = payload;
        if (packet == null) {
            throw new IllegalStateException("the datagram was released");
        }
        return packet;
    }

    /** Releases the memory. */
    public void release() {
        Datagram each = this;
        while (each != null) {
            final Datagram following = each.next;
            each.payload().release();
            each.payload = null;
            each.next = null;
            each.last = null;
            queue.takeBack(each);
            each = following;
        }
    }

    int heldBytes() {
        int held = 0;
        for (Datagram each = this; each != null; each = each.next) {
            held += each.payload().memory().capacity();
        }
        return held;
    }
}
