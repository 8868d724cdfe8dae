package io.tapstack.transport;

import io.tapstack.cli.Session;
import io.tapstack.cli.StackUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Our stack listens, the kernel connects. */
class ServerOnTapstackIT extends TransportContract {

    private static @Nullable Session session;

    @BeforeAll
    static void open() throws IOException {
        session = StackUnderTest.open();
    }

    @AfterAll
    static void close() throws IOException {
        session.close();
    }

    @Override
    Transport serverSide() {
        return session.transport();
    }

    @Override
    Transport clientSide() {
        return new JdkTransport();
    }

    @Override
    InetAddress serverAddress() {
        return StackUnderTest.address();
    }

    @Override
    InetAddress clientAddress() {
        return StackUnderTest.hostAddress();
    }
}
