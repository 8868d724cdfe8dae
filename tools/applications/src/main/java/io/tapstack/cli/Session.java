package io.tapstack.cli;

import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** A network that a command has set up, and that ends with the command. */
public interface Session extends AutoCloseable {

    /** The TCP/IP stack. */
    Transport transport();

    /** The first address to serve at. */
    default InetAddress address() {
        return addresses().get(0);
    }

    /** The addresses to serve at, of either family; at least one. */
    List<InetAddress> addresses();

    /** The address to listen at: the only one, or one that stands for all. */
    default InetAddress listeningAddress() {
        return addresses().size() == 1 ? address() : new InetSocketAddress(0).getAddress();
    }

    /**
     * Waits until packets reach all {@link #addresses()}.
     *
     * @throws IOException if another host has one of them
     */
    default void awaitAddresses() throws IOException, InterruptedException {}

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
