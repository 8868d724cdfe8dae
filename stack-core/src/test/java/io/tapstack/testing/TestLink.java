package io.tapstack.testing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.link.PacketLink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device that delivers the frames that a test injects and keeps those that the stack sends; it can be full, or fail.
 */
public final class TestLink extends PacketLink {

    private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
    private int room = Integer.MAX_VALUE;
    private @Nullable IOException failure;

    public TestLink(final LinkCapabilities capabilities) {
        super(capabilities);
    }

    /** An Ethernet without offload, with an MTU of 1500. */
    public static TestLink ethernet() {
        return new TestLink(LinkCapabilities.plain(LinkType.ETHERNET, 1_500));
    }

    /** The oldest frame from the stack that was not taken yet, or null. */
    public byte @Nullable [] take() {
        return sent.poll();
    }

    /** The same, which must exist. */
    public byte[] next() {
        if (sent.isEmpty()) {
            throw new AssertionError("the stack has sent nothing");
        }
        return sent.remove();
    }

    /** All frames from the stack. */
    public List<byte[]> takeSent() {
        final List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** Lets the device take {@code frames} more frames before it is full. */
    public void room(final int frames) {
        this.room = frames;
    }

    /** From now on the device is gone. */
    public void fail(final IOException failure) {
        this.failure = failure;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        throwFailure();
        return super.receive(pool);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        throwFailure();
        if (room == 0) {
            return false;
        }
        room--;
        return super.transmit(frame);
    }

    @Override
    protected void sent(final byte[] frame) {
        sent.add(frame);
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }
}
