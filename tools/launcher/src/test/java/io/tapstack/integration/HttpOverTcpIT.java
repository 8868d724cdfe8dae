package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.demo.Subprocess;
import io.tapstack.httpd.ServeMethod;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections as HTTP clients use them: HEAD, ranges, continued downloads, many requests, and requests before answers.
 */
@Timeout(60)
class HttpOverTcpIT {

    private static final int SIZE = 1_000_003;

    @TempDir
    private Path served;

    @TempDir
    private Path received;

    private TestNetwork network;
    private byte[] bytes;
    private String url;

    @BeforeEach
    void open() throws Exception {
        bytes = TestBytes.at(0, SIZE);
        Files.write(served.resolve("file"), bytes);
        Files.writeString(served.resolve("small"), "small\n");
        network = TestNetwork.open();
        network.serve(served, ServeMethod.SENDFILE);
        url = network.url("file");
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @Test
    void head() throws Exception {
        assertThat(HostPrograms.run("curl", "-sS", "--head", url))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-length: " + SIZE);
    }

    @Test
    void oneRange() throws Exception {
        final Path part = received.resolve("part");
        final String status = HostPrograms.run(
                "curl", "-sS", "--fail", "-r", "1000-500999", "-o", part.toString(), "-w", "%{http_code}", url);
        assertThat(status).isEqualTo("206");
        assertThat(Files.readAllBytes(part)).isEqualTo(Arrays.copyOfRange(bytes, 1000, 501_000));
    }

    @Test
    void manyRanges() throws Exception {
        final Path parts = received.resolve("parts");
        HostPrograms.run("curl", "-sS", "--fail", "-r", "0-9,500000-599999,-5", "-o", parts.toString(), url);
        final String text = Files.readString(parts, StandardCharsets.ISO_8859_1);
        assertThat(text)
                .contains(range(0, 10), range(500_000, 600_000), range(SIZE - 5, SIZE))
                .contains("bytes 500000-599999/" + SIZE);
    }

    private String range(final int from, final int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    @Test
    void continuedDownload() throws Exception {
        final Path copy = received.resolve("copy");
        Files.write(copy, Arrays.copyOf(bytes, 333_333));
        final String size = HostPrograms.run(
                "curl", "-sS", "--fail", "-C", "-", "-o", copy.toString(), "-w", "%{size_download}", url);
        assertThat(size).isEqualTo(String.valueOf(SIZE - 333_333));
        assertThat(Files.readAllBytes(copy)).isEqualTo(bytes);
    }

    @Test
    void manyRequestsOnOneConnection() throws Exception {
        final String connects = HostPrograms.run(
                "curl", "-sS", "--fail", "-o", received + "/copy-#1", "-w", "%{num_connects}", url + "?[1-100]");
        assertThat(connects).as("connections made for each request").isEqualTo("1" + "0".repeat(99));
        for (int i = 1; i <= 100; i++) {
            assertThat(Files.mismatch(received.resolve("copy-" + i), served.resolve("file")))
                    .as("copy %d", i)
                    .isEqualTo(-1);
        }
    }

    /** RFC 9112 9.3.2: pipelined requests are answered in their order. */
    @Test
    void pipelinedRequests() throws Exception {
        final int requests = 200;
        final StringBuilder text = new StringBuilder();
        for (int i = 1; i <= requests; i++) {
            text.append("GET /").append(i % 2 == 0 ? "small" : "missing").append(" HTTP/1.1\r\nHost: x\r\n");
            text.append(i == requests ? "Connection: close\r\n\r\n" : "\r\n");
        }
        try (Socket client = connect()) {
            client.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
            final String all = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final var statuses = Pattern.compile("HTTP/1\\.1 (\\d+)")
                    .matcher(all)
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertThat(statuses).hasSize(requests);
            for (int i = 0; i < requests; i++) {
                assertThat(statuses.get(i)).as("answer %d", i).isEqualTo(i % 2 == 0 ? "404" : "200");
            }
            assertThat(all).endsWith("small\n");
        }
    }

    /** A client that half-closes (FIN) right after its request still gets the whole answer. */
    @Test
    void halfClosedClient() throws Exception {
        try (Socket client = connect()) {
            client.getOutputStream().write("GET /file HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            final byte[] all = client.getInputStream().readAllBytes();
            assertThat(Arrays.copyOfRange(all, all.length - SIZE, all.length)).isEqualTo(bytes);
        }
    }

    /**
     * A client of another protocol is told at once that this is the wrong port, and does not wait for its own timeout.
     */
    @ParameterizedTest
    @ValueSource(strings = {"-k https://IP:80/", "--http2-prior-knowledge http://IP/", "--socks5 IP:80 http://x/"})
    void otherProtocolsOfCurl(final String arguments) throws Exception {
        final Subprocess.Outcome outcome =
                HostPrograms.attempt("bash", "-c", "curl -sS --max-time 8 " + arguments.replace("IP", network.ip()));
        assertThat(outcome.exitStatus()).as(outcome.output()).isNotIn(0, 28);
    }

    @ParameterizedTest
    @CsvSource({
        "printf '\\x16\\x03\\x01', 400",
        "head -c 100000 /dev/zero, 400",
        "printf 'SSH-2.0-OpenSSH_9.2\\r\\n', 400",
        "printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n', 505",
    })
    void otherProtocols(final String sender, final int status) throws Exception {
        final String answer =
                HostPrograms.script("exec 3<>/dev/tcp/IP/80; (SENDER) 2>/dev/null >&3 & timeout 8 head -1 <&3"
                        .replace("SENDER", sender)
                        .replace("IP", network.ip()));
        assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    private Socket connect() throws IOException {
        final Socket socket = new Socket(network.address(), TestNetwork.HTTP_PORT);
        socket.setSoTimeout(20_000);
        return socket;
    }
}
