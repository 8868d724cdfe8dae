package io.tapstack.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** The kernel's TCP/IP through the JDK: the reference for our own stack. */
public final class JdkTransport implements Transport {

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(local, backlog);
            return new JdkListener(channel);
        } catch (final BindException e) {
            channel.close();
            throw naming(local, e);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        final SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(remote, Math.toIntExact(timeout.toMillis()));
            return new JdkStreamConnection(channel);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public DatagramEndpoint datagrams(final InetSocketAddress local) throws IOException {
        final DatagramChannel channel = DatagramChannel.open();
        try {
            return new JdkDatagramEndpoint(channel.bind(local));
        } catch (final BindException e) {
            channel.close();
            throw naming(local, e);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Adds the address to the JDK's exception, which lacks it. */
    private static BindException naming(final InetSocketAddress local, final BindException failure) {
        final BindException named = new BindException(
                local.getAddress().getHostAddress() + " port " + local.getPort() + ": " + failure.getMessage());
        named.initCause(failure);
        return named;
    }
}
