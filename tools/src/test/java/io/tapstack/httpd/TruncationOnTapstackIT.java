package io.tapstack.httpd;

import io.tapstack.cli.Session;
import io.tapstack.cli.StackUnderTest;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same as on the kernel's TCP, with a server on ours. */
class TruncationOnTapstackIT extends TruncationTest {

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
    Transport transport() {
        return session.transport();
    }

    @Override
    InetAddress address() {
        return StackUnderTest.address();
    }

    @Override
    boolean accessLog() {
        return false;
    }
}
