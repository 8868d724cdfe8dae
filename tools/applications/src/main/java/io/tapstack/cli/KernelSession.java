package io.tapstack.cli;

import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import java.net.InetAddress;
import java.util.List;

/** The kernel's own network at the loopback address, for comparison. */
final class KernelSession implements Session {

    private final Transport transport = new JdkTransport();

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public List<InetAddress> addresses() {
        return List.of(InetAddress.getLoopbackAddress());
    }

    @Override
    public void close() {}
}
