package io.tapstack.testing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device that delivers the frames that a test puts in and keeps those that the stack sends. */
public final class TestLink implements LinkDevice {

    private final LinkCapabilities capabilities;
    private final ArrayDeque<byte[]> toReceive = new ArrayDeque<>();
    private final List<byte[]> sent = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private @Nullable IOException failure;

    public TestLink(final LinkCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    /** An Ethernet that takes nothing over, with an MTU of 1500. */
    public static TestLink ethernet() {
        return new TestLink(LinkCapabilities.plain(LinkType.ETHERNET, 1_500));
    }

    /** Puts in a frame for the stack to receive. */
    public void deliver(final byte[] frame) {
        toReceive.add(frame);
    }

    /** The frames that the stack has sent since the last call. */
    public List<byte[]> takeSent() {
        final List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** The device takes so many more frames and is full then. */
    public void room(final int frames) {
        this.room = frames;
    }

    /** From now on the device is gone. */
    public void fail(final IOException failure) {
        this.failure = failure;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        throwFailure();
        final byte[] frame = toReceive.poll();
        if (frame == null) {
            return null;
        }
        final PacketBuffer packet = pool.packet(Math.max(frame.length, BufferPool.FRAME), 0);
        packet.memory().bytes().put(packet.append(frame.length), frame);
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        throwFailure();
        if (room == 0) {
            return false;
        }
        room--;
        sent.add(bytesOf(frame));
        return true;
    }

    /** All bytes of a packet, in one array. */
    public static byte[] bytesOf(final PacketBuffer packet) {
        final byte[] bytes = new byte[packet.length()];
        packet.memory().bytes().get(packet.head(), bytes, 0, packet.contiguousLength());
        int at = packet.contiguousLength();
        for (int i = 0; i < packet.sliceCount(); i++) {
            packet.sliceRegion(i).bytes().get(packet.sliceOffset(i), bytes, at, packet.sliceLength(i));
            at += packet.sliceLength(i);
        }
        return bytes;
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
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
}
