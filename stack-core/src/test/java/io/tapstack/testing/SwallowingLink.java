package io.tapstack.testing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.link.SimulatedLink;
import org.jspecify.annotations.Nullable;

/** A device that takes every frame, keeps none, and delivers none. */
public class SwallowingLink implements SimulatedLink {

    private final LinkCapabilities capabilities;

    public SwallowingLink(final LinkType type) {
        this.capabilities = LinkCapabilities.plain(type, 1_500);
    }

    @Override
    public final LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public final @Nullable PacketBuffer receive(final BufferPool pool) {
        return null;
    }

    @Override
    public final boolean transmit(final PacketBuffer frame) {
        return true;
    }

    @Override
    public void close() {}
}
