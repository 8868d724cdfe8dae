package io.tapstack.transport;

import io.tapstack.cli.Session;
import io.tapstack.cli.StackUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The kernel listens, our stack connects. */
class ClientOnTapstackIT extends TransportContract {

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
        return new JdkTransport();
    }

    @Override
    Transport clientSide() {
        return session.transport();
    }

    @Override
    InetAddress serverAddress() {
        return StackUnderTest.hostAddress();
    }

    @Override
    InetAddress clientAddress() {
        return StackUnderTest.address();
    }
}
