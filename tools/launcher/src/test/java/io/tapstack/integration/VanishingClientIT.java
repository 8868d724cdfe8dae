package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish in the middle: the server frees their resources, and serves on. */
@Timeout(60)
class VanishingClientIT {

    private static final int SIZE = 64 << 20;
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private TestNetwork network;
    private HttpServer server;
    private TestFile file;

    /** @param stall longest time without progress of a client */
    private void open(final Duration stall) throws Exception {
        file = TestFile.write(directory.resolve("file"), SIZE);
        network = TestNetwork.open();
        final ServerConfig standard = ServerConfig.standard();
        final ServerConfig.Timeouts times = standard.timeouts();
        server = network.serve(
                directory,
                standard.withTimeouts(new ServerConfig.Timeouts(
                        times.idle(), times.head(), times.body(), stall, times.linger(), times.stop())));
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void killed(final int clients) throws Exception {
        open(LONG);
        final Process[] curls = new Process[clients];
        final Path copies = Files.createDirectory(directory.resolve("copies"));
        try {
            for (int i = 0; i < clients; i++) {
                final Path copy = copies.resolve("copy-" + i);
                curls[i] = new ProcessBuilder(
                                "curl", "-sS", "--limit-rate", "1M", "-o", copy.toString(), network.url("file"))
                        .start();
            }
            for (int i = 0; i < clients; i++) {
                final Path copy = copies.resolve("copy-" + i);
                Awaitility.await("the first bytes of " + copy).until(() -> Files.exists(copy) && Files.size(copy) > 0);
            }
            assertThat(server.connectionCount()).isEqualTo(clients);
        } finally {
            for (final Process curl : curls) {
                curl.destroyForcibly().waitFor();
            }
        }
        // The host resets a connection whose owner has not read all.
        allIsGivenBack();
        download();
    }

    /** The host is cut off: no segment arrives any more, not even a reset. */
    @Test
    void cutOff() throws Exception {
        open(SHORT);
        try (KernelClient client =
                new KernelClient(network.address()).get("file").read(1_000_000)) {
            LossyLink.cut(network.tap());
            client.readToNow();
            allIsGivenBack();
            LossyLink.repair(network.tap());
            // RFC 9293 3.5.1: segments of the client to a connection that no longer exists are answered by a reset.
            client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readToEnd().failure()).get().asString().contains("reset");
        }
        download();
    }

    /** The host is cut off for a while: only time is lost. */
    @Test
    void cutOffForAWhile() throws Exception {
        open(LONG);
        try (KernelClient client =
                new KernelClient(network.address()).get("file").read(1_000_000)) {
            LossyLink.cut(network.tap());
            client.readToNow();
            final long before = network.segmentsSent();
            Awaitility.await("the stack tries again").until(() -> network.segmentsSent() > before + 2);
            LossyLink.repair(network.tap());
            final KernelClient.End end = client.readToEnd();
            assertThat(end.failure()).isEmpty();
            assertThat(end.bytes()).isEqualTo(SIZE);
        }
        allIsGivenBack();
    }

    private void allIsGivenBack() {
        Awaitility.await("connections and memory are given back")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    assertThat(server.connectionCount())
                            .as("connections served")
                            .isZero();
                    assertThat(network.bytesInUse())
                            .as(() -> "bytes held by " + network.connections())
                            .isZero();
                });
    }

    private void download() throws IOException, InterruptedException {
        assertThat(HostPrograms.script("curl -sS --fail --max-time 30 " + network.url("file") + " | sha256sum"))
                .startsWith(file.sha256());
    }
}
