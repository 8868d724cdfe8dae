package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A plug from a stack's sending side to its receiving side: sent frames return as received ones, in order. Has no
 * offload. Confined to the holder of the stack's lock.
 */
public final class LoopbackLink implements SimulatedLink {

    private static final int HEADROOM = 32;

    private final LinkCapabilities capabilities;
    private final int capacityFrames;
    private final BufferPool wire = new BufferPool();
    private final ArrayDeque<PacketBuffer> frames = new ArrayDeque<>();

    /**
     * @param mtu largest IP packet in bytes
     * @param capacityFrames frames in the plug from which on the device is full
     */
    public LoopbackLink(final LinkType type, final int mtu, final int capacityFrames) {
        this.capabilities = LinkCapabilities.plain(type, mtu);
        this.capacityFrames = capacityFrames;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        final PacketBuffer frame = frames.poll();
        return frame == null ? null : frame.moveTo(pool, HEADROOM);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        if (frames.size() >= capacityFrames) {
            return false;
        }
        frames.add(frame.copy(wire, 0));
        return true;
    }

    @Override
    public void close() {
        while (!frames.isEmpty()) {
            frames.remove().release();
        }
    }
}
