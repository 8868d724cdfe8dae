package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServeMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thousand idle clients. */
@Timeout(60)
class IdleConnectionsIT {

    private static final int CLIENTS = 1_000;
    private static final long LIMIT_BYTES = 64L << 20;

    @TempDir
    private Path directory;

    @Test
    void aThousand() throws Exception {
        Files.writeString(directory.resolve("file"), "hello");
        final List<SocketChannel> clients = new ArrayList<>();
        try (TestNetwork network = TestNetwork.open()) {
            final HttpServer server = network.serve(directory, ServeMethod.SENDFILE);
            exchange(network);
            final long before = memory(network);
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(SocketChannel.open(new InetSocketAddress(network.address(), TestNetwork.HTTP_PORT)));
                }
                Awaitility.await("all are accepted")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> server.connectionCount() == CLIENTS);
                for (final SocketChannel client : clients) {
                    exchange(client);
                }
                final long growth = memory(network) - before;
                System.out.printf(
                        "%d idle connections: %.1f MiB of heap and pool, %d bytes each (both ends of each)%n",
                        CLIENTS, growth / 1048576.0, growth / CLIENTS);
                assertThat(growth).isLessThan(LIMIT_BYTES);
                // The last answers wait for their ACKs, which the kernel delays.
                Awaitility.await("nothing in queues").until(() -> network.bytesInUse() == 0);
                for (final SocketChannel client : clients) {
                    exchange(client);
                }
            } finally {
                for (final SocketChannel client : clients) {
                    client.close();
                }
            }
            Awaitility.await("all are gone").atMost(Duration.ofSeconds(20)).until(() -> server.connectionCount() == 0);
        }
    }

    private static void exchange(final TestNetwork network) throws IOException {
        try (SocketChannel client =
                SocketChannel.open(new InetSocketAddress(network.address(), TestNetwork.HTTP_PORT))) {
            exchange(client);
        }
    }

    private static void exchange(final SocketChannel client) throws IOException {
        client.write(ByteBuffer.wrap("GET /file HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        final ByteBuffer answer = ByteBuffer.allocate(1_000);
        while (!StandardCharsets.US_ASCII
                .decode(answer.duplicate().flip())
                .toString()
                .endsWith("\r\n\r\nhello")) {
            assertThat(client.read(answer)).isPositive();
        }
    }

    /** Bytes on the heap, and in the pool. */
    private static long memory(final TestNetwork network) {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory()
                - runtime.freeMemory()
                + network.look(stack -> stack.pool().bytesAllocated());
    }
}
