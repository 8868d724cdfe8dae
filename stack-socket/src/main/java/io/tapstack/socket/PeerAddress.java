package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a datagram: the out-parameter of {@code recvfrom(2)}, {@link DatagramSocket#recvFrom}. Used by one
 * thread at a time.
 */
public final class PeerAddress {

    private @Nullable Endpoint endpoint;

    /** The sender of the last datagram, or null if there was none. */
    public @Nullable Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(final @Nullable Endpoint sender) {
        this.endpoint = sender;
    }
}
