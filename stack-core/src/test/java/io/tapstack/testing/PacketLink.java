package io.tapstack.testing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A device without Ethernet whose other end is a test: packets go in and out as bytes. */
public final class PacketLink implements LinkDevice {

    private static final int RECEIVE_HEADROOM = 16;

    private final LinkCapabilities capabilities;
    private final ArrayDeque<byte[]> toStack = new ArrayDeque<>();
    private final ArrayDeque<byte[]> fromStack = new ArrayDeque<>();
    private int room = Integer.MAX_VALUE;

    public PacketLink(final LinkCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    /** A packet for the stack. */
    public void inject(final byte[] packet) {
        toStack.add(packet);
    }

    /** The next packet that the stack sent, or null. */
    public byte @Nullable [] take() {
        return fromStack.poll();
    }

    /** The device takes so many more packets and is full then. */
    public void room(final int packets) {
        room = packets;
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
        final PacketBuffer packet = pool.packet(RECEIVE_HEADROOM + bytes.length, RECEIVE_HEADROOM);
        final int at = packet.append(bytes.length);
        packet.memory().bytes().put(at, bytes);
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        if (room == 0) {
            return false;
        }
        room--;
        final byte[] bytes = new byte[frame.length()];
        frame.copyTo(0, new HeapRegion(bytes), 0, bytes.length);
        fromStack.add(bytes);
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
