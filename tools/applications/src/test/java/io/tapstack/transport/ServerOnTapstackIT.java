package io.tapstack.transport;

import io.tapstack.cli.StackUnderTest;
import java.net.InetAddress;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our stack listens, the kernel connects. */
class ServerOnTapstackIT extends TransportContract {

    @RegisterExtension
    static final StackUnderTest STACK = new StackUnderTest();

    @Override
    Transport serverSide() {
        return STACK.transport();
    }

    @Override
    Transport clientSide() {
        return new JdkTransport();
    }

    @Override
    InetAddress serverAddress() {
        return STACK.address();
    }

    @Override
    InetAddress clientAddress() {
        return STACK.hostAddress();
    }
}
