package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.integration.Launcher.Place;
import io.tapstack.names.DnsRecord;
import io.tapstack.names.ResolverConfig;
import io.tapstack.names.ResolverCounters.Event;
import io.tapstack.names.StubResolver;
import io.tapstack.socket.ResolutionFailure;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The resolver against dnsmasq, in this JVM and as {@code tapstack resolve} and {@code tapstack get}. */
@Timeout(60)
class ResolverIT {

    private static final Place PLACE = new Place(4);

    private static Process dnsmasq;

    @BeforeAll
    static void startServer() throws IOException {
        final String text = ("," + "x".repeat(200)).repeat(8);
        // At all addresses of the namespace, also those of TAPs to come; in the foreground and as the user that it is.
        dnsmasq = new ProcessBuilder(
                        "dnsmasq",
                        "--no-daemon",
                        "--conf-file=/dev/null",
                        "--no-resolv",
                        "--no-hosts",
                        "--local-ttl=60",
                        "--local=/example.test/",
                        "--host-record=www.example.test," + PLACE.hostIp() + ",2001:db8::80",
                        "--host-record=four.example.test," + PLACE.hostIp(),
                        "--cname=ftp.example.test,www.example.test",
                        "--mx-host=example.test,mail.example.test,10",
                        "--txt-record=long.example.test" + text)
                .redirectErrorStream(true)
                .start();
        final BufferedReader log = dnsmasq.inputReader();
        final List<String> lines = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.contains("started")) {
                return;
            }
            lines.add(line);
        }
        assertThat(lines).as("dnsmasq has ended").isNull();
    }

    @AfterAll
    static void stopServer() throws Exception {
        dnsmasq.destroy();
        dnsmasq.waitFor();
    }

    private static StubResolver resolver(final TestNetwork network) {
        final IpAddress server = IpAddress.of(network.hostAddress().getAddress());
        return new StubResolver(network.sockets(), ResolverConfig.of(server).withSearch(List.of("example.test")));
    }

    @Test
    void resolves() throws Exception {
        try (TestNetwork network = TestNetwork.open();
                StubResolver resolver = resolver(network)) {
            final IpAddress host = IpAddress.parse(PLACE.hostIp());
            assertThat(resolver.resolve("www")).containsExactlyInAnyOrder(host, IpAddress.parse("2001:db8::80"));
            assertThat(resolver.resolve("ftp.example.test")).contains(host);
            assertThat(resolver.resolve("four")).containsExactly(host);
            assertThat(resolver.records("example.test", "MX"))
                    .extracting(DnsRecord::data)
                    .containsExactly("10 mail.example.test.");
            assertThatThrownBy(() -> resolver.resolve("nothing.example.test"))
                    .isInstanceOf(ResolutionFailure.class)
                    .hasMessage("nothing.example.test: unknown host");
            assertThat(resolver.counters().dropped()).isEmpty();
        }
    }

    /** 1,600 bytes of text are more than we offer to take (RFC 6891), so they come over TCP. */
    @Test
    void fetchesLargeAnswersOverTcp() throws Exception {
        try (TestNetwork network = TestNetwork.open();
                StubResolver resolver = resolver(network)) {
            assertThat(resolver.records("long", "TXT"))
                    .singleElement()
                    .satisfies(record -> assertThat(record.data()).hasSizeGreaterThan(1_600));
            assertThat(resolver.counters().events(Event.QUERY_OVER_TCP)).isEqualTo(1);
        }
    }

    @Test
    void noticesThatNobodyListens() throws Exception {
        try (TestNetwork network = TestNetwork.open()) {
            final IpAddress host = IpAddress.of(network.hostAddress().getAddress());
            final ResolverConfig config = ResolverConfig.DEFAULT.withServers(List.of(new Endpoint(host, 5_353)));
            try (StubResolver resolver = new StubResolver(network.sockets(), config)) {
                assertThatThrownBy(() -> resolver.resolve("www.example.test"))
                        .hasMessage("www.example.test: " + host + ":5353: connection refused");
            }
        }
    }

    @Test
    void isACommand() throws Exception {
        final List<String> command = new ArrayList<>(List.of("resolve", "--dns", PLACE.hostIp()));
        command.addAll(PLACE.options());
        // There is no route to the IPv6 address (RFC 6724 6, rule 1).
        try (Launcher resolve = start(command, "www.example.test", "ftp.example.test", "10.1.2.3")) {
            assertThat(resolve.line()).isEqualTo(PLACE.hostIp() + " www.example.test");
            assertThat(resolve.line()).isEqualTo("2001:db8::80 www.example.test");
            assertThat(resolve.line()).isEqualTo(PLACE.hostIp() + " ftp.example.test");
            assertThat(resolve.line()).isEqualTo("2001:db8::80 ftp.example.test");
            assertThat(resolve.line()).isEqualTo("10.1.2.3 10.1.2.3");
            assertThat(resolve.line()).isNull();
            assertThat(resolve.exitStatus()).isZero();
        }
        try (Launcher resolve = start(command, "--type", "mx", "example.test")) {
            assertThat(resolve.line()).isEqualTo("example.test. 60 IN MX 10 mail.example.test.");
            assertThat(resolve.exitStatus()).isZero();
        }
        try (Launcher resolve = start(command, "nothing.example.test")) {
            assertThat(resolve.exitStatus()).isEqualTo(6);
            assertThat(resolve.errors()).isEqualTo("tapstack resolve: nothing.example.test: unknown host\n");
        }
    }

    private static Launcher start(final List<String> command, final String... more) throws IOException {
        final List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return Launcher.start(all.toArray(String[]::new));
    }

    /** The name has an IPv6 address first, which is dead here. */
    @Test
    void downloadsByName(@TempDir final Path directory) throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(0), 8);
        server.createContext("/hello", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        final Path copy = directory.resolve("copy");
        final String url = "http://www.example.test:" + server.getAddress().getPort() + "/hello";
        final List<String> command =
                new ArrayList<>(List.of("get", url, "-o", copy.toString(), "--dns", PLACE.hostIp()));
        command.addAll(PLACE.options());
        try (Launcher get = start(command)) {
            assertThat(get.exitStatus()).as(get::errors).isZero();
            assertThat(Files.readString(copy)).isEqualTo("hello");
        } finally {
            server.stop(0);
        }
    }
}
