package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.integration.Launcher.Place;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures of the commands: each prints one line with the fault, and has an exit status other than 0. */
@Timeout(60)
class CommandFailureIT {

    private static final Place PLACE = new Place(2);

    @TempDir
    private Path directory;

    @Test
    void tapInUse() throws Exception {
        try (TestNetwork network = TestNetwork.open()) {
            assertThat(failure(
                            1,
                            "serve",
                            directory.toString(),
                            "--tap",
                            network.tap(),
                            "--address",
                            "10.78.3.2/24",
                            "--host-address",
                            "10.78.3.1/24"))
                    .contains("TAP " + network.tap() + " is in use");
        }
    }

    @Test
    void notATap() throws Exception {
        assertThat(failure(1, "serve", directory.toString(), "--tap", "lo")).contains("lo", "--tap");
    }

    @Test
    void hostAddressInUse() throws Exception {
        try (TestNetwork network = TestNetwork.open()) {
            final String host = network.hostAddress().getHostAddress();
            assertThat(failure(
                            1,
                            "serve",
                            directory.toString(),
                            "--tap",
                            PLACE.tap(),
                            "--address",
                            network.ip() + "/24",
                            "--host-address",
                            host + "/24"))
                    .contains("address " + host + " is in use on " + network.tap());
        }
    }

    @Test
    void addressThatIsNone() throws Exception {
        assertThat(failure(2, "serve", directory.toString(), "--address", "10.0.0.256/24"))
                .contains("'10.0.0.256' is not an address");
        assertThat(failure(2, "serve", directory.toString(), "--address", "10.0.0.2"))
                .contains("'10.0.0.2' is not an address with a prefix length");
    }

    @Test
    void portThatIsNone() throws Exception {
        assertThat(failure(2, "serve", directory.toString(), "--port", "65536")).contains("'65536' is not a port");
    }

    @Test
    void nothingToServe() throws Exception {
        assertThat(failure(1, "serve", directory.resolve("missing").toString()))
                .contains("missing: no such file or directory");
    }

    @Test
    void connectionRefused() throws Exception {
        assertThat(failure(7, get("http://" + PLACE.hostIp() + ":9/file"))).contains("Connection refused");
    }

    @Test
    void nobodyThere() throws Exception {
        assertThat(failure(7, get("http://10.78.2.99/file"))).contains("No route to host");
    }

    @Test
    void networkThatCannotBeReached() throws Exception {
        assertThat(failure(7, get("http://192.0.2.1/file"))).contains("Network is unreachable");
    }

    @Test
    void addressOfIpv6() throws Exception {
        assertThat(failure(7, get("http://[::1]/"))).contains("cannot connect to [::1]: Network is unreachable");
    }

    @Test
    void serverThatEndsTooEarly() throws Exception {
        try (Threads threads = new Threads();
                ServerSocket server = new ServerSocket(0)) {
            threads.start(() -> {
                try (var connection = server.accept()) {
                    connection.getInputStream().read();
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"
                                    .getBytes(StandardCharsets.US_ASCII));
                    connection.shutdownOutput();
                    return connection.getInputStream().readAllBytes();
                }
            });
            final Path copy = directory.resolve("copy");
            assertThat(failure(
                            18,
                            get(
                                    "http://" + PLACE.hostIp() + ':' + server.getLocalPort() + "/file",
                                    "-o",
                                    copy.toString())))
                    .isNotEmpty();
            assertThat(copy).hasContent("12345");
        }
    }

    @Test
    void getThatSucceeds() throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(0), 8);
        final byte[] bytes = TestBytes.at(0, 5_000_000);
        server.createContext("/file", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        final Path copy = directory.resolve("copy");
        final String url =
                "http://" + PLACE.hostIp() + ':' + server.getAddress().getPort() + "/file";
        try (Launcher launcher = Launcher.start(get(url, "-o", copy.toString()))) {
            assertThat(launcher.exitStatus()).as(launcher::errors).isZero();
            assertThat(Files.readAllBytes(copy)).isEqualTo(bytes);
            assertThat(failure(
                            22,
                            get("http://" + PLACE.hostIp() + ':'
                                    + server.getAddress().getPort() + "/missing")))
                    .contains("404");
        } finally {
            server.stop(0);
        }
    }

    private static String[] get(final String url, final String... more) {
        final List<String> arguments = new ArrayList<>(List.of("get", url));
        arguments.addAll(PLACE.options());
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /**
     * Runs a command that fails.
     *
     * @return the one line that it prints
     */
    private static String failure(final int exitStatus, final String... arguments) throws Exception {
        try (Launcher launcher = Launcher.start(arguments)) {
            assertThat(launcher.line()).as("stdout").isNull();
            assertThat(launcher.exitStatus()).as(launcher::errors).isEqualTo(exitStatus);
            final List<String> lines = launcher.errors()
                    .lines()
                    .filter(line -> line.startsWith("tapstack"))
                    .toList();
            assertThat(lines).as(launcher::errors).hasSize(1);
            assertThat(launcher.errors()).doesNotContain("Exception", "\tat ");
            return lines.get(0);
        }
    }
}
