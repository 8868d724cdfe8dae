package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * A look-up in progress, of both families at once. It has no thread: its owner waits until one of {@link #entries()} is
 * ready, or the deadline, and calls {@link #advance()}. For one thread.
 */
public interface NameLookup extends AutoCloseable {

    /** The sockets that it waits for now. */
    List<PollEntry> entries();

    /** When to call {@link #advance()} at the latest, in the time of {@link SocketLayer#nanoTime()}. */
    long deadlineNanos();

    /**
     * Does what can be done without waiting.
     *
     * @throws java.net.SocketException if the resolver is closed
     */
    void advance() throws IOException;

    /** True if no more addresses come. */
    boolean isDone();

    /** The IPv6 addresses, none if there are none; empty as long as they may still come. */
    Optional<List<IpAddress>> ipv6();

    /** The IPv4 addresses. */
    Optional<List<IpAddress>> ipv4();

    /** Why there is no address, when it is done without any. */
    UnknownHostException failure();

    /** Closes the sockets. */
    @Override
    void close();
}
