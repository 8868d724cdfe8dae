package io.tapstack.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.transport.DatagramEndpoint;
import io.tapstack.transport.FailingListener;
import io.tapstack.transport.FakeListener;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.LateListener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The echo service (RFC 862), by TCP and by UDP. */
@Timeout(20)
class EchoServerTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final JdkTransport transport = new JdkTransport();

    @Test
    void tcpComesBack() throws Exception {
        final byte[] bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);
        try (EchoServer server = EchoServer.start(transport, ANY);
                StreamConnection client = transport.connect(server.address(), Duration.ofSeconds(5))) {
            final CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    client.output().write(bytes);
                    client.shutdownOutput();
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(client.input().readAllBytes()).isEqualTo(bytes);
            writer.join();
        }
    }

    @Test
    void udpComesBack() throws IOException {
        try (EchoServer server = EchoServer.start(transport, ANY);
                DatagramEndpoint client = transport.datagrams(ANY)) {
            for (final int size : new int[] {0, 1, 1_400, 20_000}) {
                client.send(ByteBuffer.allocate(size), server.address());
                final ByteBuffer back = ByteBuffer.allocate(65_536);
                assertThat(client.receive(back)).isEqualTo(server.address());
                assertThat(back.position()).isEqualTo(size);
            }
        }
    }

    /** Another echo service, without a limit, on a port of clients. */
    @Test
    void aLoopOfDatagramsEnds() throws IOException {
        try (EchoServer server = EchoServer.start(transport, ANY);
                DatagramSocket other = new DatagramSocket(ANY)) {
            other.setSoTimeout(2_000);
            final DatagramPacket datagram = new DatagramPacket(new byte[64], 64, server.address());
            int rounds = 0;
            try {
                while (rounds <= 2 * EchoLimit.BURST) {
                    other.send(datagram);
                    other.receive(datagram);
                    rounds++;
                }
            } catch (final SocketTimeoutException e) {
                assertThat(e).as("it rests").isNotNull();
            }
            assertThat(rounds).isBetween(EchoLimit.BURST, EchoLimit.BURST + 20);
        }
    }

    /** Decision 16: the client through which nothing has moved for the longest time gives way to a new one. */
    @Test
    void theLongestIdleGivesWay() throws IOException {
        try (EchoServer server = EchoServer.start(transport, ANY, 2, Duration.ZERO);
                StreamConnection first = connect(server);
                StreamConnection second = connect(server)) {
            exchange(first);
            exchange(first); // The relay has counted the byte before, so the second is idle for longer from now on.
            try (StreamConnection third = connect(server)) {
                exchange(third);
                assertReset(() -> second.input().read());
                exchange(first);
            }
        }
    }

    @Test
    void aClientTooManyIsResetWhileNoneIsIdle() throws IOException {
        try (EchoServer server = EchoServer.start(transport, ANY, 1, Duration.ofHours(1));
                StreamConnection first = connect(server)) {
            exchange(first);
            // The reset can come before connect() has returned.
            assertReset(() -> {
                try (StreamConnection second = connect(server)) {
                    second.input().read();
                }
            });
            exchange(first);
        }
    }

    private StreamConnection connect(final EchoServer server) throws IOException {
        return transport.connect(server.address(), Duration.ofSeconds(5));
    }

    private static void exchange(final StreamConnection client) throws IOException {
        client.output().write('x');
        assertThat(client.input().read()).isEqualTo('x');
    }

    private static void assertReset(final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    }

    @Test
    void closeEndsConnections() throws IOException {
        final EchoServer server = EchoServer.start(transport, ANY);
        try (StreamConnection client = transport.connect(server.address(), Duration.ofSeconds(5))) {
            client.output().write('x');
            assertThat(client.input().read()).isEqualTo('x');
            server.close();
            assertThat(client.input().read()).isEqualTo(-1);
            awaitRefusal(server.address());
        } finally {
            server.close();
        }
    }

    /**
     * Without descriptors, or with a stack that has ended: trying again at once would use a processor, and fill the
     * log.
     */
    @Test
    void aListenerThatFailsIsGivenTime() throws Exception {
        final AtomicInteger calls = new AtomicInteger();
        final Transport failing = FakeListener.transport(transport, below -> new FailingListener(below, calls));
        try (EchoServer server = EchoServer.start(failing, ANY)) {
            Thread.sleep(300);
            assertThat(calls.get()).isBetween(1, 30);
            assertThat(server.address().getPort()).isPositive();
        }
    }

    @Test
    void closeEndsAConnectionThatIsJustBeingAccepted() throws Exception {
        final CountDownLatch accepting = new CountDownLatch(1);
        final Transport late = FakeListener.transport(transport, below -> new LateListener(below, accepting));
        final EchoServer server = EchoServer.start(late, ANY);
        try (StreamConnection client = transport.connect(server.address(), Duration.ofSeconds(5))) {
            accepting.await();
            server.close();
            client.readTimeoutMillis(5_000);
            assertThatThrownBy(() -> client.input().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    /** The kernel listens until the accepting thread has left its system call, which may be after close(). */
    private void awaitRefusal(final InetSocketAddress address) throws IOException {
        while (true) {
            try (StreamConnection late = transport.connect(address, Duration.ofSeconds(5))) {
                late.abort();
            } catch (final ConnectException e) {
                return;
            } catch (final SocketException e) {
                // Reset before connect() has returned: there is still a listener.
            }
        }
    }
}
