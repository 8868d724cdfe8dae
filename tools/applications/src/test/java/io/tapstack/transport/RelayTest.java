package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Relays between connections of the kernel. */
@Timeout(20)
class RelayTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Transport kernel = new JdkTransport();
    private final ExecutorService threads = ConnectionThreads.create("relay");

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    /** The pump that finds the first one closed must not reset the second one before that is closed, too. */
    @Test
    void closeDeliversWhatWasPassedOn() throws Exception {
        final CountDownLatch ended = new CountDownLatch(1);
        try (Listener listener = kernel.listen(ANY, 2);
                StreamConnection client = kernel.connect(listener.local(), PATIENCE);
                StreamConnection near = listener.accept();
                StreamConnection server = kernel.connect(listener.local(), PATIENCE);
                StreamConnection far = listener.accept()) {
            final Relay relay = Relay.start(closingSlowly(near), far, threads, end -> ended.countDown());
            client.output().write(new byte[] {1, 2, 3});
            server.readTimeoutMillis((int) PATIENCE.toMillis());
            assertThat(server.input().read()).isEqualTo(1);
            relay.close();
            assertThat(server.input().readAllBytes()).containsExactly(2, 3);
            assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(relay.failure()).contains("closed from here");
        }
    }

    /** The other direction alone would leave both sides waiting. */
    @Test
    void noMemoryForOneDirectionResetsBothSides() throws Exception {
        final CountDownLatch ended = new CountDownLatch(1);
        try (Listener listener = kernel.listen(ANY, 2);
                StreamConnection client = kernel.connect(listener.local(), PATIENCE);
                StreamConnection near = listener.accept();
                StreamConnection server = kernel.connect(listener.local(), PATIENCE);
                StreamConnection far = listener.accept()) {
            final Relay relay = Relay.start(outOfMemory(near), far, threads, end -> ended.countDown());
            assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(relay.failure()).get().asString().contains("direct buffer memory");
            for (final StreamConnection peer : List.of(client, server)) {
                assertThatThrownBy(() -> peer.input().read()).hasMessageContaining("reset");
            }
        }
    }

    private static StreamConnection outOfMemory(final StreamConnection connection) {
        return wrapped(
                connection,
                method -> {
                    if (method.equals("read")) {
                        throw new OutOfMemoryError("direct buffer memory, for this test");
                    }
                },
                method -> {});
    }

    private static StreamConnection closingSlowly(final StreamConnection connection) {
        return wrapped(connection, method -> {}, method -> {
            if (method.equals("close")) {
                LockSupport.parkNanos(200_000_000);
            }
        });
    }

    private static StreamConnection wrapped(
            final StreamConnection connection, final Consumer<String> before, final Consumer<String> after) {
        return (StreamConnection) Proxy.newProxyInstance(
                RelayTest.class.getClassLoader(),
                new Class<?>[] {StreamConnection.class},
                (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return method.invoke(connection, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        after.accept(method.getName());
                    }
                });
    }
}
