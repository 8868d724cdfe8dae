package io.tapstack.network;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.wire.EthernetHeader;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A host's end of a {@link MemoryNetwork}. */
final class MemoryPort implements LinkDevice {

    private static final long UNKNOWN = -1;

    private final MemoryNetwork network;
    private final String name;
    private final int number;
    private final Inbox inbox;
    private final LinkCapabilities capabilities;
    private final AtomicBoolean used = new AtomicBoolean();
    private volatile long source = UNKNOWN;
    private volatile boolean closed;

    /** @param number the host's number among the senders of every {@link Inbox} */
    MemoryPort(
            final MemoryNetwork network,
            final String name,
            final int number,
            final Inbox inbox,
            final LinkCapabilities capabilities) {
        this.network = network;
        this.name = name;
        this.number = number;
        this.inbox = inbox;
        this.capabilities = capabilities;
    }

    MemoryNetwork network() {
        return network;
    }

    String name() {
        return name;
    }

    /** The Ethernet address of the last frame that was sent here, or -1. */
    long source() {
        return source;
    }

    void deliver(final MemoryPort sender, final PacketBuffer frame) {
        inbox.put(sender.number, frame);
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public void reportTo(final StackStatistics statistics) {
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException(this + " has a stack already: a port is for one stack");
        }
        network.attach(this);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        requireOpen();
        return inbox.take(pool);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        requireOpen();
        final int largest = frame.gsoSize() > 0 ? capabilities.maxSegmentOffload() : capabilities.mtu();
        if (frame.length() > EthernetHeader.LENGTH + largest) {
            throw new IllegalArgumentException("a frame of " + frame.length() + " bytes at " + this);
        }
        source = EthernetHeader.source(frame.memory().bytes(), frame.head());
        network.forward(this, EthernetHeader.destination(frame.memory().bytes(), frame.head()), frame);
        return true;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException(this + " is closed");
        }
    }

    @Override
    public boolean isSimulated() {
        return network.isVirtual();
    }

    @Override
    public long nextEvent() {
        return network.isVirtual() ? inbox.nextEvent() : Long.MAX_VALUE;
    }

    @Override
    public void await(final long timeoutNanos) {
        if (network.isVirtual()) {
            throw new IllegalStateException(this + " is in virtual time, where no thread waits at a device");
        }
        inbox.await(timeoutNanos);
    }

    @Override
    public boolean isReady() {
        return inbox.isReady();
    }

    @Override
    public void wakeup() {
        inbox.wakeup();
    }

    @Override
    public void close() {
        closed = true;
        network.detach(this);
        inbox.wakeup();
    }

    @Override
    public String toString() {
        return "port " + name + " of " + network;
    }
}
