package io.tapstack.integration;

import io.tapstack.bench.part.SynFrame;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A device that adds SYNs to the received frames, each from a port that was not used for long: a SYN flood at a steady
 * rate.
 */
final class FloodedLink extends ForwardingLink {

    private static final int MAC_LENGTH = 6;
    private static final long GROUP = 1L << 40;
    private static final long NAP_NANOS = 100_000;

    private final int source;
    private final int destination;
    private final int port;

    // Link addresses, from the stack's own frames.
    private long ours;
    private long hosts;

    private volatile int perSecond;
    private volatile int left;
    private volatile long startNanos;
    private volatile int before;
    private int sent;

    FloodedLink(final LinkDevice device, final IpAddress from, final IpAddress to, final int port) {
        super(device);
        this.source = from.ipv4Bits();
        this.destination = to.ipv4Bits();
        this.port = port;
    }

    /** Starts a flood, once the stack has sent a frame. */
    void flood(final int syns, final int synsPerSecond) {
        perSecond = synsPerSecond;
        startNanos = System.nanoTime();
        before = sent;
        left = syns;
        device.wakeup();
    }

    /** True when the last SYN of a flood has arrived. */
    boolean isOver() {
        return left == 0;
    }

    private boolean isDue() {
        return left > 0 && sent - before < (System.nanoTime() - startNanos) / 1_000_000_000.0 * perSecond;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        return isDue() ? syn(pool) : device.receive(pool);
    }

    private PacketBuffer syn(final BufferPool pool) {
        final PacketBuffer packet =
                new SynFrame(ours, hosts, destination, port).from(source, 1_024 + sent % 30_000, sent * 77_777, pool);
        packet.checksumTrusted(true);
        sent++;
        left--;
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        if (hosts == 0) {
            final long to = mac(frame, 0);
            if ((to & GROUP) == 0) {
                hosts = to;
                ours = mac(frame, MAC_LENGTH);
            }
        }
        return device.transmit(frame);
    }

    private static long mac(final PacketBuffer frame, final int offset) {
        final ByteBuffer bytes = frame.memory().bytes();
        return bytes.getLong(frame.head() + offset) >>> 16;
    }

    @Override
    public boolean isReady() throws IOException {
        return isDue() || device.isReady();
    }

    @Override
    public void await(final long timeoutNanos) throws IOException {
        if (!isDue()) {
            device.await(left > 0 ? Math.min(timeoutNanos, NAP_NANOS) : timeoutNanos);
        }
    }
}
