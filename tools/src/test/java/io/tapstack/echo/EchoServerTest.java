package io.tapstack.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.transport.DatagramEndpoint;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    @Test
    void closeEndsConnections() throws IOException {
        final EchoServer server = EchoServer.start(transport, ANY);
        try (StreamConnection client = transport.connect(server.address(), Duration.ofSeconds(5))) {
            client.output().write('x');
            assertThat(client.input().read()).isEqualTo('x');
            server.close();
            assertThat(client.input().read()).isEqualTo(-1);
            assertThatThrownBy(() -> transport.connect(server.address(), Duration.ofSeconds(5)))
                    .isInstanceOf(ConnectException.class);
        } finally {
            server.close();
        }
    }
}
