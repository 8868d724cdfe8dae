package io.tapstack.transport;

import io.tapstack.cli.StackUnderTest;
import java.net.InetAddress;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel listens, our stack connects. */
class ClientOnTapstackIT extends TransportContract {

    @RegisterExtension
    static final StackUnderTest STACK = new StackUnderTest();

    @Override
    Transport serverSide() {
        return new JdkTransport();
    }

    @Override
    Transport clientSide() {
        return STACK.transport();
    }

    @Override
    InetAddress serverAddress() {
        return STACK.hostAddress();
    }

    @Override
    InetAddress clientAddress() {
        return STACK.address();
    }
}
