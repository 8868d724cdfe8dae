package io.tapstack.httpd;

import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;

/** The same on a transport that wakes connections up. */
class ParkedConnectionTest extends ConnectionTest {

    @Override
    Transport transport() {
        return new WakingTransport(new JdkTransport());
    }

    @Override
    boolean accessLog() {
        return false;
    }
}
