package io.tapstack.network;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A device that is gone when a test says so. */
final class FailingLink extends ForwardingLink {

    private boolean failed;

    FailingLink(final LinkDevice device) {
        super(device);
    }

    void fail() {
        failed = true;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        if (failed) {
            throw new IOException("the cable is pulled");
        }
        return device.receive(pool);
    }
}
