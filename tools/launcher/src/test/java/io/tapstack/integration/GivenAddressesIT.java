package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.integration.Launcher.Place;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands with addresses that the network gives: {@code --address dhcp} and {@code --address auto}. */
@Timeout(60)
class GivenAddressesIT {

    private static final Place PLACE = new Place(149);
    private static final String PREFIX = "2001:db8:149::";

    @TempDir
    private Path directory;

    /** A DHCP server for one address, and a router that advertises a prefix; it waits for the TAP. */
    private Daemon dnsmasq() throws Exception {
        return Daemon.start(
                directory.resolve("dnsmasq.log"),
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--user=root",
                "--port=53",
                "--no-resolv",
                "--no-hosts",
                "--domain=lab.example",
                "--host-record=www.lab.example," + PLACE.hostIp(),
                "--interface=" + PLACE.tap(),
                "--bind-dynamic",
                "--dhcp-range=10.78.149.77,10.78.149.77,2m",
                "--dhcp-range=" + PREFIX + ",ra-only,64,2m",
                "--enable-ra",
                "--no-ping",
                "--dhcp-leasefile=" + directory.resolve("leases"),
                "--pid-file=" + directory.resolve("pid"),
                "--log-dhcp",
                "--log-facility=-");
    }

    @Test
    void aServerIsAtTheAddressesThatItGets() throws Exception { // RFC 2131, RFC 4862
        final Path site = Files.createDirectory(directory.resolve("site"));
        Files.writeString(site.resolve("hello.txt"), "hello");
        try (Daemon dnsmasq = dnsmasq();
                Launcher server = Launcher.start(
                        "serve",
                        site.toString(),
                        "--no-access-log",
                        "--tap",
                        PLACE.tap(),
                        "--address",
                        "dhcp,auto",
                        "--host-address",
                        PLACE.hostIp() + "/24",
                        "--host-address",
                        PREFIX + "1/64")) {
            assertThat(server.line())
                    .as(() -> server.errors() + dnsmasq.outputOrNothing())
                    .isEqualTo("ready: http://10.78.149.77:80/");
            final String ipv6 = server.line();
            assertThat(ipv6).startsWith("ready: http://[2001:db8:149:");
            assertThat(get("http://10.78.149.77/hello.txt")).isEqualTo("hello");
            assertThat(get(ipv6.substring("ready: ".length()) + "hello.txt")).isEqualTo("hello");
            server.signal("TERM");
            assertThat(server.exitStatus()).isZero();
            assertThat(dnsmasq.output()).contains("DHCPRELEASE");
        }
    }

    private static String get(final String url) throws Exception {
        return HostPrograms.run("curl", "-sS", "--globoff", "--max-time", "5", url);
    }

    @Test
    void aClientAsksTheServersOfNamesThatItGets() throws Exception { // RFC 2132 3.8, RFC 8106
        final HttpServer origin = HttpServer.create(new InetSocketAddress(0), 8);
        final byte[] content = "leased".getBytes(StandardCharsets.US_ASCII);
        origin.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        origin.start();
        final String at = "http://www:" + origin.getAddress().getPort() + "/hello.txt";
        try (Daemon dnsmasq = dnsmasq();
                Launcher client = Launcher.start(
                        "get",
                        at,
                        "-o",
                        "-",
                        "--tap",
                        PLACE.tap(),
                        "--address",
                        "dhcp",
                        "--host-address",
                        PLACE.hostIp() + "/24")) {
            assertThat(client.line())
                    .as(() -> client.errors() + dnsmasq.outputOrNothing())
                    .isEqualTo("leased");
            assertThat(client.exitStatus()).isZero();
        } finally {
            origin.stop(0);
        }
    }

    @Test
    void aServerWithoutAnAddressSaysSo() throws Exception {
        try (Launcher server =
                Launcher.start("echo", "--tap", PLACE.tap(), "--address", "dhcp", "--dhcp-timeout", "500ms")) {
            assertThat(server.exitStatus()).isEqualTo(1);
            assertThat(server.errors())
                    .contains("tapstack echo: no DHCP server has answered at " + PLACE.tap() + " in 500 ms");
        }
    }
}
