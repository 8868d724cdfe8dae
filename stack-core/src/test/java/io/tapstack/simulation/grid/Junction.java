package io.tapstack.simulation.grid;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.SimulatedLink;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv4Header;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the cables of several hosts: one device, without Ethernet, that receives from all of them and sends to each its
 * own packets.
 */
final class Junction implements SimulatedLink {

    private final List<LinkDevice> cables;
    private final int firstAddress;
    private int next;

    /**
     * @param cables ends of cables; the host at the other end of the first one has {@code firstAddress}, the others the
     *     following addresses
     */
    Junction(final List<LinkDevice> cables, final IpAddress firstAddress) {
        this.cables = cables;
        this.firstAddress = firstAddress.ipv4Bits();
    }

    @Override
    public LinkCapabilities capabilities() {
        return cables.get(0).capabilities();
    }

    /** The cables take turns, so that none is better than another. */
    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        for (int i = 0; i < cables.size(); i++) {
            final PacketBuffer frame = cables.get(next).receive(pool);
            next = (next + 1) % cables.size();
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        final int host = Ipv4Header.destination(frame.memory().bytes(), frame.head()) - firstAddress;
        // A damaged address leads nowhere.
        return host < 0 || host >= cables.size() || cables.get(host).transmit(frame);
    }

    @Override
    public long nextEvent() {
        long next = SimulatedNetwork.NEVER;
        for (final LinkDevice cable : cables) {
            next = SimulatedNetwork.earlier(next, cable.nextEvent());
        }
        return next;
    }

    @Override
    public void advance(final long nowNanos) {
        for (final LinkDevice cable : cables) {
            cable.advance(nowNanos);
        }
    }

    @Override
    public void close() {
        cables.forEach(LinkDevice::close);
    }
}
