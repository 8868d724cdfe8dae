package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.integration.Launcher.Place;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands with several addresses of both families at both ends of the link. */
@Timeout(60)
class AddressesIT {

    private static final Place PLACE = new Place(146);
    private static final String NETWORK = "2001:db8:146::";

    private static List<String> options() {
        final List<String> options = new ArrayList<>(PLACE.options());
        options.addAll(List.of(
                "--address", "10.78.146.3/24",
                "--address", "172.30.146.2/28",
                "--address", NETWORK + "2/64",
                "--address", "fd00:146::2/48",
                "--host-address", "172.30.146.1/28",
                "--host-address", NETWORK + "1/64",
                "--host-address", "fd00:146::1/48",
                "--gateway", PLACE.hostIp(),
                "--gateway", NETWORK + "1"));
        return options;
    }

    private static Launcher start(final String... command) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(options());
        return Launcher.start(arguments.toArray(String[]::new));
    }

    private static String get(final String authority) throws Exception {
        return HostPrograms.run("curl", "-sS", "--max-time", "5", "http://" + authority + "/hello.txt");
    }

    @Test
    void aServerIsAtEachOfItsAddresses(@TempDir final Path site) throws Exception {
        Files.writeString(site.resolve("hello.txt"), "hello");
        try (Launcher server = start("serve", site.toString(), "--no-access-log")) {
            for (final String each :
                    List.of(PLACE.ip(), "10.78.146.3", "172.30.146.2", "[" + NETWORK + "2]", "[fd00:146::2]")) {
                assertThat(server.line()).as(server::errors).isEqualTo("ready: http://" + each + ":80/");
                assertThat(get(each)).isEqualTo("hello");
            }
            assertThat(HostPrograms.run("ping", "-6", "-n", "-c", "1", "-s", "5000", NETWORK + "2"))
                    .contains("1 received");
            server.signal("TERM");
            assertThat(server.exitStatus()).isZero();
        }
    }

    @Test
    void aProxyAndAClientReachIpv6Servers() throws Exception {
        final HttpServer origin = HttpServer.create(new InetSocketAddress("::", 0), 8);
        final byte[] content = "six".getBytes(StandardCharsets.US_ASCII);
        origin.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        origin.start();
        final String at = "[" + NETWORK + "1]:" + origin.getAddress().getPort();
        try {
            try (Launcher client = start("get", "http://" + at + "/hello.txt", "-o", "-")) {
                assertThat(client.line()).as(client::errors).isEqualTo("six");
                assertThat(client.exitStatus()).isZero();
            }
            try (Launcher proxy = start("proxy", "--listen", "8080", "--to", at)) {
                assertThat(proxy.line()).as(proxy::errors).isEqualTo("ready: " + PLACE.ip() + ":8080 to " + at);
                assertThat(get(PLACE.ip() + ":8080")).isEqualTo("six");
                assertThat(get("[" + NETWORK + "2]:8080")).isEqualTo("six");
            }
        } finally {
            origin.stop(0);
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws Exception {
        HostPrograms.run("ip", "-6", "addr", "add", "fd00:147::1/64", "dev", "lo");
        try (Launcher server = Launcher.start(
                "echo", "--tap", PLACE.tap(), "--address", "fd00:147::2/64", "--host-address", "fd00:147::1/64")) {
            assertThat(server.exitStatus()).isEqualTo(1);
            assertThat(server.errors()).contains("address fd00:147::1 is in use on lo");
        } finally {
            HostPrograms.run("ip", "-6", "addr", "del", "fd00:147::1/64", "dev", "lo");
        }
    }
}
