package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link DatagramSocket#recvFrom} says whom a datagram came from: the out-parameter of {@code recvfrom(2)}. Used
 * by one thread at a time.
 */
public final class PeerAddress {

    private @Nullable Endpoint endpoint;

    /** Who sent the last datagram, or null if there was none. */
    public @Nullable Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(final @Nullable Endpoint sender) {
        this.endpoint = sender;
    }
}
