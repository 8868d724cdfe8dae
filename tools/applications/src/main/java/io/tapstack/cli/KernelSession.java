package io.tapstack.cli;

import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import java.net.InetAddress;

/** The kernel's own network at the loopback address, for comparison. */
final class KernelSession implements Session {

    private final Transport transport = new JdkTransport();

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void close() {}
}
