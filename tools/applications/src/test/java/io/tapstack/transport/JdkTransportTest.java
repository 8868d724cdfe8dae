package io.tapstack.transport;

import java.net.InetAddress;

class JdkTransportTest extends TransportContract {

    @Override
    Transport serverSide() {
        return new JdkTransport();
    }

    @Override
    Transport clientSide() {
        return new JdkTransport();
    }

    @Override
    InetAddress serverAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }
}
