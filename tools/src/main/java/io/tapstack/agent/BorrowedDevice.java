package io.tapstack.agent;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A device that stays open when the stack that uses it is closed: the next stack is to have it, too. */
record BorrowedDevice(LinkDevice device) implements LinkDevice {

    @Override
    public LinkCapabilities capabilities() {
        return device.capabilities();
    }

    @Override
    public void reportTo(final StackStatistics statistics) {
        device.reportTo(statistics);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        return device.receive(pool);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        return device.transmit(frame);
    }

    @Override
    public long nextEvent() {
        return device.nextEvent();
    }

    @Override
    public void advance(final long nowNanos) {
        device.advance(nowNanos);
    }

    @Override
    public void await(final long timeoutNanos) throws IOException {
        device.await(timeoutNanos);
    }

    @Override
    public boolean isReady() throws IOException {
        return device.isReady();
    }

    @Override
    public void wakeup() {
        device.wakeup();
    }

    @Override
    public void close() {
        // It is its owner's.
    }
}
