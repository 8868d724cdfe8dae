package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapstack.transport.FailingAtTimesListener;
import io.tapstack.transport.FakeListener;
import io.tapstack.transport.JdkTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose system runs out of descriptors below the server's connection limit. */
@Timeout(20)
class AcceptFailureTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final AtomicInteger failures = new AtomicInteger();

    @TempDir
    Path root;

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(root.resolve("a.txt"), "a");
        server = HttpServer.start(
                FakeListener.transport(new JdkTransport(), below -> new FailingAtTimesListener(below, failures)),
                ANY,
                root,
                ServerConfig.standard());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** A client that the server has accepted, and finds idle. */
    private RawClient idleClient(final int count) throws IOException {
        final RawClient client = new RawClient(server.address());
        await().until(() -> server.idleConnectionCount() == count);
        return client;
    }

    private static void getA(final RawClient client) throws IOException {
        assertThat(client.get("/a.txt").reply().text()).isEqualTo("a");
    }

    @Test
    void theLongestIdleGivesItsDescriptorUp() throws IOException {
        try (RawClient first = idleClient(1)) {
            failures.set(2); // from the call on that comes after the one that waits
            try (RawClient second = new RawClient(server.address());
                    RawClient third = new RawClient(server.address())) {
                assertThat(first.ended()).isTrue();
                getA(third);
                getA(second);
            }
        }
    }

    @Test
    void oneFailureCostsNobodyAConnection() throws IOException {
        try (RawClient first = idleClient(1)) {
            failures.set(1);
            try (RawClient second = new RawClient(server.address());
                    RawClient third = new RawClient(server.address())) {
                getA(third);
                getA(second);
                getA(first);
            }
        }
    }
}
