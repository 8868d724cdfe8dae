package io.tapstack.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.transport.FailingListener;
import io.tapstack.transport.FakeListener;
import io.tapstack.transport.ForwardingTransport;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.LateListener;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** States in which no client and no target may be left, whenever the proxy ends; on the kernel's loopback. */
@Timeout(20)
class ProxyServerTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Transport kernel = new JdkTransport();
    private Listener target;

    @BeforeEach
    void listen() throws IOException {
        target = kernel.listen(ANY, 8);
    }

    @AfterEach
    void close() throws IOException {
        target.close();
    }

    @Test
    void closeResetsAClientWhoseTargetIsBeingConnected() throws Exception {
        final CountDownLatch connecting = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        final Transport slow = new Out() {
            @Override
            StreamConnection connected(final StreamConnection connection) throws IOException {
                connecting.countDown();
                await(closed);
                return connection;
            }
        };
        final ProxyServer proxy = ProxyServer.start(kernel, ANY, slow, config());
        try (StreamConnection client = kernel.connect(proxy.address(), PATIENCE);
                StreamConnection server = target.accept()) {
            connecting.await();
            proxy.close();
            closed.countDown();
            assertReset(client);
            assertReset(server);
        }
    }

    @Test
    void closeResetsAClientThatIsJustBeingAccepted() throws Exception {
        final CountDownLatch accepting = new CountDownLatch(1);
        final Transport late = FakeListener.transport(kernel, below -> new LateListener(below, accepting));
        final ProxyServer proxy = ProxyServer.start(late, ANY, kernel, config());
        try (StreamConnection client = kernel.connect(proxy.address(), PATIENCE)) {
            accepting.await();
            proxy.close();
            assertReset(client);
        }
    }

    @Test
    void aTargetThatFailsBeforeItIsJoinedIsReset() throws Exception {
        // Otherwise the reset can arrive before connect() has returned, which then throws.
        final CountDownLatch clientIsConnected = new CountDownLatch(1);
        final Transport failing = new Out() {
            @Override
            StreamConnection connected(final StreamConnection connection) throws IOException {
                await(clientIsConnected);
                return withoutKeepAlive(connection);
            }
        };
        try (ProxyServer proxy = ProxyServer.start(kernel, ANY, failing, config());
                StreamConnection client = kernel.connect(proxy.address(), PATIENCE);
                StreamConnection server = target.accept()) {
            clientIsConnected.countDown();
            assertReset(client);
            assertReset(server);
        }
    }

    /**
     * Without descriptors, or with a stack that has ended: trying again at once would use a processor, and fill the
     * log.
     */
    @Test
    void aListenerThatFailsIsGivenTime() throws Exception {
        final AtomicInteger calls = new AtomicInteger();
        final Transport failing = FakeListener.transport(kernel, below -> new FailingListener(below, calls));
        try (ProxyServer proxy = ProxyServer.start(failing, ANY, kernel, config())) {
            Thread.sleep(300);
            assertThat(calls.get()).isBetween(1, 30);
            assertThat(proxy.address().getPort()).isPositive();
        }
    }

    @Test
    void anIdleClientGivesWay() throws Exception {
        final ProxyConfig one = new ProxyConfig(target.local(), PATIENCE, 1, Duration.ZERO);
        try (ProxyServer proxy = ProxyServer.start(kernel, ANY, kernel, one);
                StreamConnection idle = kernel.connect(proxy.address(), PATIENCE);
                StreamConnection idlesServer = target.accept()) {
            Awaitility.await().until(() -> proxy.joinedCount() == 1);
            try (StreamConnection next = kernel.connect(proxy.address(), PATIENCE);
                    StreamConnection nextsServer = target.accept()) {
                assertReset(idle);
                assertReset(idlesServer);
                next.output().write('x');
                nextsServer.readTimeoutMillis((int) PATIENCE.toMillis());
                assertThat(nextsServer.input().read()).isEqualTo('x');
            }
        }
    }

    private ProxyConfig config() {
        return new ProxyConfig(target.local(), PATIENCE, 10, PATIENCE);
    }

    private static void await(final CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void assertReset(final StreamConnection connection) throws IOException {
        connection.readTimeoutMillis((int) PATIENCE.toMillis());
        assertThatThrownBy(() -> connection.input().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static StreamConnection withoutKeepAlive(final StreamConnection connection) {
        return (StreamConnection) Proxy.newProxyInstance(
                ProxyServerTest.class.getClassLoader(),
                new Class<?>[] {StreamConnection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("keepAlive")) {
                        throw new IOException("no keep-alive, for this test");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The transport to the target. */
    private abstract class Out extends ForwardingTransport {

        Out() {
            super(kernel);
        }

        abstract StreamConnection connected(StreamConnection connection) throws IOException;

        @Override
        public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
            return connected(super.connect(remote, timeout));
        }
    }
}
