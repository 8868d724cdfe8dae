package io.tapstack.httpd;

import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import java.net.InetAddress;

/**
 * The place of a test's server.
 *
 * @param transport of the server
 * @param accessLog true if it has one
 */
record ServerPlace(Transport transport, InetAddress address, boolean accessLog) {

    /** On the kernel's loopback. */
    static final ServerPlace KERNEL = new ServerPlace(new JdkTransport(), InetAddress.getLoopbackAddress(), true);

    /** The same, on a transport that wakes connections up. */
    static ServerPlace waking() {
        return new ServerPlace(new WakingTransport(KERNEL.transport), KERNEL.address, true);
    }
}
