package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** A device that takes everything and notes how long it was asked to wait. */
final class TimeoutProbe implements SimulatedLink {

    long timeoutNanos;

    @Override
    public LinkCapabilities capabilities() {
        return LinkCapabilities.plain(LinkType.IP, 1_500);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        return null;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        return true;
    }

    @Override
    public void await(final long newTimeoutNanos) {
        timeoutNanos = newTimeoutNanos;
    }

    @Override
    public void close() {}
}
