package io.tapstack.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A transport that forwards to another one; a test overrides the calls that it changes. */
public class ForwardingTransport implements Transport {

    private final Transport below;

    public ForwardingTransport(final Transport below) {
        this.below = below;
    }

    @Override
    public String name() {
        return below.name();
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
        return below.listen(local, backlog);
    }

    @Override
    public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        return below.connect(remote, timeout);
    }

    @Override
    public DatagramEndpoint datagrams(final InetSocketAddress local) throws IOException {
        return below.datagrams(local);
    }
}
