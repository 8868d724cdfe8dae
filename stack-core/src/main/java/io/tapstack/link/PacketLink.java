package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A device whose other end is a program (a script, a test): what it injects comes in as a frame, in order, and what the
 * stack sends is handed to it, as bytes. Confined to whoever runs the stack.
 */
public abstract class PacketLink implements SimulatedLink {

    /** In front of a frame, for what another device wants to put there if the stack passes it on. */
    private static final int HEADROOM = 16;

    private final LinkCapabilities capabilities;
    private final ArrayDeque<byte[]> injected = new ArrayDeque<>();

    protected PacketLink(final LinkCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    /** Puts in a frame for the stack to receive; its bytes are not copied before it does. */
    public final void inject(final byte[] frame) {
        injected.add(frame);
    }

    /** The stack has sent a frame: all of it, in an array of its own. */
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
