package io.tapstack.httpd;

import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import java.net.InetAddress;

/**
 * Where the server of a test is.
 *
 * @param transport whose TCP it uses
 * @param accessLog whether it has one; without, what has been answered before is answered without a thread
 */
record ServerPlace(Transport transport, InetAddress address, boolean accessLog) {

    /** On the kernel's loopback. */
    static final ServerPlace KERNEL = new ServerPlace(new JdkTransport(), InetAddress.getLoopbackAddress(), true);

    /** The same, on a transport that wakes connections up. */
    static ServerPlace waking() {
        return new ServerPlace(new WakingTransport(KERNEL.transport), KERNEL.address, false);
    }
}
