package io.tapstack.packetdrill.machine;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.packetdrill.packet.WirePacket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A link without Ethernet whose other end is a script. */
final class ScriptLink implements LinkDevice {

    private static final int HEADROOM = 16;

    private final LinkCapabilities capabilities;
    private final LongSupplier clock;
    private final ArrayDeque<byte[]> toStack = new ArrayDeque<>();
    private final ArrayDeque<WirePacket> fromStack = new ArrayDeque<>();

    /**
     * @param mtu in bytes
     * @param clock the time that packets of the stack get, in microseconds
     */
    ScriptLink(final int mtu, final LongSupplier clock) {
        this.capabilities = LinkCapabilities.plain(LinkType.IP, mtu);
        this.clock = clock;
    }

    void send(final byte[] packet) {
        toStack.add(packet);
    }

    /** The next packet of the stack. */
    Optional<WirePacket> take() {
        return Optional.ofNullable(fromStack.poll());
    }

    boolean hasPacket() {
        return !fromStack.isEmpty();
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        final byte[] bytes = toStack.poll();
        if (bytes == null) {
            return null;
        }
        final PacketBuffer packet = pool.packet(HEADROOM + bytes.length, HEADROOM);
        packet.memory().bytes().put(packet.append(bytes.length), bytes);
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        final byte[] bytes = new byte[frame.length()];
        frame.copyTo(0, new HeapRegion(bytes), 0, bytes.length);
        fromStack.add(WirePacket.of(bytes, clock.getAsLong()));
        return true;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void await(final long timeoutNanos) {}

    @Override
    public void wakeup() {}

    @Override
    public void close() {}

    private static final class HeapRegion extends Region {
        HeapRegion(final byte[] bytes) {
            super(ByteBuffer.wrap(bytes));
        }

        @Override
        protected void recycle() {}
    }
}
