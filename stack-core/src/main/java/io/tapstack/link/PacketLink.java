package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A device whose other end is a program (a script, a test): injected frames are received in order, and sent frames are
 * handed to the program, as bytes. Confined to the holder of the stack's lock.
 */
public abstract class PacketLink implements SimulatedLink {

    /** Free bytes in front of a frame, for the header of another device that the stack forwards it to. */
    private static final int HEADROOM = 16;

    private final LinkCapabilities capabilities;
    private final ArrayDeque<byte[]> injected = new ArrayDeque<>();

    protected PacketLink(final LinkCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    /** Injects a frame for the stack to receive. Its bytes are copied when it is received, not before. */
    public final void inject(final byte[] frame) {
        injected.add(frame);
    }

    /** Handles a frame that the stack has sent: all of it, in an array of its own. */
    protected abstract void sent(byte[] frame);

    @Override
    public final LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        final byte[] frame = injected.poll();
        return frame == null ? null : pool.packet(frame, HEADROOM);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        sent(frame.toArray());
        return true;
    }

    @Override
    public void close() {
        injected.clear();
    }
}
