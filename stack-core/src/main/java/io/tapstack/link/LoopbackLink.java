package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A plug that ties a stack's sending side to its receiving side: frames that are sent come back as received, in order.
 * Takes nothing over from the stack. Confined to whoever runs the stack.
 */
public final class LoopbackLink implements SimulatedLink {

    private static final int HEADROOM = 32;

    private final LinkCapabilities capabilities;
    private final int capacityFrames;
    private final BufferPool wire = new BufferPool();
    private final ArrayDeque<PacketBuffer> frames = new ArrayDeque<>();

    /**
     * @param mtu largest IP packet in bytes
     * @param capacityFrames frames that can be on their way; with so many the device is full
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
