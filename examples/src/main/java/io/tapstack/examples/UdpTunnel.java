package io.tapstack.examples;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

// tag::device[]
/** An Ethernet whose frames travel in UDP datagrams of the machine, to one peer. */
final class UdpTunnel implements LinkDevice {

    private final ByteBuffer datagram = ByteBuffer.allocateDirect(2_048);
    private final DatagramChannel channel;
    private final Selector selector;

    UdpTunnel(final DatagramChannel bound, final SocketAddress peer) throws IOException {
        channel = bound.connect(peer);
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    @Override
    public LinkCapabilities capabilities() {
        return LinkCapabilities.plain(LinkType.ETHERNET, 1_400);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        try {
            final int length = channel.read(datagram.clear());
            if (length <= 0) {
                return null;
            }
            final PacketBuffer frame = pool.packet(length, 0);
            frame.memory().bytes().put(frame.append(length), datagram, 0, length);
            return frame;
        } catch (final PortUnreachableException e) {
            return null; // The peer is not there yet.
        }
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        try {
            channel.write(ByteBuffer.wrap(frame.toArray()));
        } catch (final PortUnreachableException e) {
            // A frame is lost, as on any wire.
        }
        return true;
    }

    @Override
    public void await(final long timeoutNanos) throws IOException {
        if (timeoutNanos <= 0) {
            selector.selectNow();
        } else {
            selector.select(timeoutNanos == Long.MAX_VALUE ? 0 : timeoutNanos / 1_000_000 + 1);
        }
        selector.selectedKeys().clear();
    }

    @Override
    public boolean isReady() throws IOException {
        final boolean ready = selector.selectNow() > 0;
        selector.selectedKeys().clear();
        return ready;
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
// end::device[]
