package io.tapstack.cli;

import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** A network that a command has set up, and that ends with the command. */
public interface Session extends AutoCloseable {

    /** The TCP/IP stack. */
    Transport transport();

    /** The address to serve at. */
    InetAddress address();

    /** Calls {@code listener} once when the network ends, by itself or by {@link #close()}; it must not wait. */
    default void whenEnded(final Runnable listener) {}

    /** The reason why the network has ended by itself, if it has. */
    default Optional<Throwable> failure() {
        return Optional.empty();
    }

    /** Takes the network down; open connections are reset. */
    @Override
    void close() throws IOException;
}
