package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A device that forwards all calls to another one. A subclass is a decorator and overrides the calls that it changes.
 */
public abstract class ForwardingLink implements LinkDevice {

    /** The device that is decorated. */
    protected final LinkDevice device;

    /** @param device closed with this one */
    protected ForwardingLink(final LinkDevice device) {
        this.device = device;
    }

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
    public void flush() throws IOException {
        device.flush();
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
    public boolean isSimulated() {
        return device.isSimulated();
    }

    @Override
    public void close() {
        device.close();
    }
}
