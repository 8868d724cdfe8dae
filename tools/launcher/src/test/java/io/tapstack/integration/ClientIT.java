package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.http.client.DownloadProgress;
import io.tapstack.http.client.Downloader;
import io.tapstack.http.client.FileSink;
import io.tapstack.http.client.HttpUrl;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stack as a client of servers on the host. */
@Timeout(60)
class ClientIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int SIZE = 20_000_000;

    @TempDir
    private Path directory;

    private TestNetwork network;

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @ParameterizedTest
    @EnumSource
    void downloads(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        final byte[] bytes = TestBytes.at(0, SIZE);
        final HttpServer server = HttpServer.create(new InetSocketAddress(network.hostAddress(), 0), 8);
        server.createContext("/file", exchange -> {
            exchange.sendResponseHeaders(200, SIZE);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            final Path copy = directory.resolve("copy");
            final HttpUrl url = HttpUrl.parse("http://" + network.hostAddress().getHostAddress() + ':'
                    + server.getAddress().getPort() + "/file");
            new Downloader(network.transport(), LIMIT, LIMIT)
                    .download(url, new FileSink(copy), false, DownloadProgress.SILENT);
            assertThat(Files.readAllBytes(copy)).isEqualTo(bytes);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void refused() throws Exception {
        network = TestNetwork.open();
        final int port;
        try (ServerSocket closed = new ServerSocket(0, 1, network.hostAddress())) {
            port = closed.getLocalPort();
        }
        assertThatThrownBy(() -> connect(network.hostAddress(), port, LIMIT))
                .isInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
    }

    /** RFC 1122 2.4: a host that does not answer ARP is unreachable, long before TCP would give up. */
    @Test
    void nobodyThere() throws Exception {
        network = TestNetwork.open();
        final byte[] nobody = network.address().getAddress();
        nobody[3] = 99;
        assertThatThrownBy(() -> connect(InetAddress.getByAddress(nobody), 80, LIMIT))
                .isInstanceOf(NoRouteToHostException.class);
    }

    @Test
    void noRoute() throws Exception {
        network = TestNetwork.open();
        assertThatThrownBy(() -> connect(InetAddress.getByName("192.0.2.1"), 80, LIMIT))
                .hasMessage("Network is unreachable");
    }

    @Test
    void noAnswer() throws Exception {
        network = TestNetwork.open();
        connectOnce();
        LossyLink.cut(network.tap());
        try {
            assertThatThrownBy(() -> connect(network.hostAddress(), 80, Duration.ofMillis(500)))
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            LossyLink.repair(network.tap());
        }
    }

    /** So that the neighbour is known, and ARP does not fail first. */
    private void connectOnce() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, network.hostAddress())) {
            connect(network.hostAddress(), server.getLocalPort(), LIMIT);
        }
    }

    private void connect(final InetAddress address, final int port, final Duration timeout) throws Exception {
        network.transport()
                .connect(new InetSocketAddress(address, port), timeout)
                .close();
    }
}
