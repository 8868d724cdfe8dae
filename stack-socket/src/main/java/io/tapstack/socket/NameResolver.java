package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.List;

/**
 * Finds the addresses of names for the sockets of one stack. {@code StubResolver} of the artifact
 * {@code tapstack-names} is one that asks DNS servers. Any thread may call.
 */
public interface NameResolver extends AutoCloseable {

    /**
     * Waits for the addresses of a name.
     *
     * @param name also an address in numbers
     * @return all of them, at least one, in the order of RFC 6724
     * @throws ResolutionFailure if there are none, or {@code name} cannot be a name
     * @throws java.io.InterruptedIOException if the thread is interrupted, which it still is
     * @throws java.net.SocketException if the resolver is closed
     */
    List<IpAddress> resolve(String name) throws IOException;

    /**
     * Begins to look up a name, and does not wait.
     *
     * @param name not an address
     * @return to be closed
     * @throws ResolutionFailure if {@code name} cannot be a name
     * @throws java.net.SocketException if the resolver is closed
     */
    NameLookup lookUp(String name) throws IOException;

    /** Ends all look-ups. A second call does nothing. */
    @Override
    void close();
}
