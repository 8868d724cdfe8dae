package io.tapstack.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * A TCP/IP stack for the tools: listens, connects and carries datagrams.
 *
 * <p>All calls block and all objects may be used from any thread. Failures are {@link IOException}s, with the
 * subclasses of {@code java.net} where one fits ({@link java.net.ConnectException}, {@link java.net.BindException},
 * {@link java.net.SocketTimeoutException}).
 */
public interface Transport {

    /** A short name for logs, such as {@code kernel} or {@code tapstack}. */
    String name();

    /**
     * Listens for TCP connections.
     *
     * @param local the address and port; port 0 picks a free one, see {@link Listener#local()}
     * @param backlog connections that may wait to be accepted
     * @throws java.net.BindException when the address is taken or not ours
     */
    Listener listen(InetSocketAddress local, int backlog) throws IOException;

    /**
     * Opens a TCP connection, and disables Nagle's algorithm on it.
     *
     * @throws java.net.SocketTimeoutException when the peer does not answer in time
     * @throws java.net.ConnectException when the peer refuses
     */
    StreamConnection connect(InetSocketAddress remote, Duration timeout) throws IOException;

    /**
     * Opens a TCP connection to a name, which the machine resolves unless the transport can. See
     * {@link #connect(InetSocketAddress, Duration)}.
     *
     * @param host a name or an address, one of IPv6 with or without brackets
     * @throws UnknownHostException when the name has no address
     */
    default StreamConnection connect(final String host, final int port, final Duration timeout) throws IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (final UnknownHostException e) {
            // RFC 1034 3.1: a name that ends with a dot is complete; /etc/hosts has it without.
            if (!host.endsWith(".")) {
                throw e;
            }
            address = InetAddress.getByName(host.substring(0, host.length() - 1));
        }
        return connect(new InetSocketAddress(address, port), timeout);
    }

    /**
     * Opens a TCP connection that is to be {@linkplain Relay joined} to another one; if that belongs to this transport,
     * both can be joined by reference.
     */
    default StreamConnection connectBeside(
            final StreamConnection other, final InetSocketAddress remote, final Duration timeout) throws IOException {
        return connect(remote, timeout);
    }

    /** Opens a UDP endpoint bound to {@code local}. */
    DatagramEndpoint datagrams(InetSocketAddress local) throws IOException;
}
