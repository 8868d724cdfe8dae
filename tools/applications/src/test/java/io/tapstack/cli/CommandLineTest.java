package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServerConfig;
import io.tapstack.stack.StaticRoute;
import io.tapstack.transport.JdkTransport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The meaning of command lines, and one helpful line for each mistake. */
class CommandLineTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicReference<LinkOptions> opened = new AtomicReference<>(new LinkOptions());

    private int run(final String... arguments) {
        return execute(this::opened, arguments);
    }

    private Session opened(final LinkOptions link) throws IOException {
        opened.set(link);
        throw new Failure("no network in this test");
    }

    private int execute(final SessionFactory sessions, final String... arguments) {
        return execute(Main.commandLine(sessions, arguments), arguments);
    }

    private int execute(final CommandLine line, final String... arguments) {
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "serve", "get", "echo", "proxy", "resolve"})
    void aCommandAloneReadsAsAmongAll(final String command) {
        assertThat(Main.commandLine(this::opened, new String[] {command}).getSubcommands())
                .containsOnlyKeys(command);
        final String[][] lines = {
            {command, "--help"}, {command, "--prot=7"}, {command, "--mtu", "x"}, {command, "serve"}
        };
        for (final String[] arguments : lines) {
            final int alone = run(arguments);
            final String answer = answer();
            assertThat(execute(Main.commandLine(this::opened), arguments)).isEqualTo(alone);
            assertThat(answer()).isEqualTo(answer);
        }
    }

    /** What was printed since the last call. */
    private String answer() {
        final String answer = out.toString() + err;
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return answer;
    }

    @Test
    void helpOfAllCommands() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("demo", "serve", "get", "echo", "test");
        for (final String command : new String[] {"demo", "serve", "get", "echo", "resolve"}) {
            out.getBuffer().setLength(0);
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString())
                    .contains("--tap=", "--loss=", "--private")
                    .doesNotContain("--network");
        }
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("tapstack ");
    }

    @Test
    void linkDefaults() {
        assertThat(run("echo")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("tapstack echo: no network in this test\n");
        final LinkOptions link = opened.get();
        assertThat(link.tap()).isEqualTo("tap0");
        assertThat(link.addresses().get(0)).hasToString("10.0.0.2/24");
        assertThat(link.hostAddress()).hasToString("10.0.0.1/24");
        assertThat(link.routes()).isEmpty();
        assertThat(link.mtu()).isEqualTo(1500);
        assertThat(link.queues()).isEqualTo(1);
        assertThat(link.pcap()).isEmpty();
        assertThat(link.impaired()).isFalse();
        assertThat(link.seed()).isEmpty();
        assertThat(link.congestionControl()).isEmpty();
        assertThat(link.privateNetwork()).isFalse();
    }

    @Test
    void allLinkOptions() throws IOException {
        run(
                "echo",
                "--tap=t1",
                "--address=192.168.7.9/16",
                "--host-address=192.168.0.1/16",
                "--gateway=192.168.255.254",
                "--mtu=65521",
                "--queues=256",
                "--pcap=x.pcapng",
                "--loss=1%",
                "--delay=20ms",
                "--cc=BBR",
                "--seed=-7");
        final LinkOptions link = opened.get();
        assertThat(link.tap()).isEqualTo("t1");
        assertThat(link.addresses().get(0).address()).isEqualTo(InetAddress.getByName("192.168.7.9"));
        assertThat(link.addresses().get(0).prefixLength()).isEqualTo(16);
        assertThat(link.routes()).containsExactly(StaticRoute.parse("0.0.0.0/0 via 192.168.255.254"));
        assertThat(link.mtu()).isEqualTo(65_521);
        assertThat(link.queues()).isEqualTo(256);
        assertThat(link.pcap()).contains(Path.of("x.pcapng"));
        assertThat(link.loss()).isEqualTo(0.01);
        assertThat(link.delay()).isEqualTo(Duration.ofMillis(20));
        assertThat(link.seed()).isEqualTo(OptionalLong.of(-7));
        assertThat(link.congestionControl()).contains("bbr");
        assertThat(link.impaired()).isTrue();
    }

    @Test
    void addressesOfBothFamilies() {
        run(
                "echo",
                "--address=10.1.0.2/16",
                "--address=2001:db8::2/64",
                "--host-address=10.1.0.1/16",
                "--host-address=2001:DB8:0::1/64",
                "--gateway=10.1.0.9",
                "--gateway=fe80::1",
                "--route=192.0.2.0/24 via 10.1.0.8",
                "--route",
                "2001:db8:1::/48 via 2001:db8::8");
        final LinkOptions link = opened.get();
        assertThat(link.addresses()).hasToString("[10.1.0.2/16, 2001:db8::2/64]");
        assertThat(link.hostAddresses()).hasToString("[10.1.0.1/16, 2001:db8::1/64]");
        assertThat(link.routes())
                .hasToString("[0.0.0.0/0 via 10.1.0.9, ::/0 via fe80::1, 192.0.2.0/24 via 10.1.0.8,"
                        + " 2001:db8:1::/48 via 2001:db8::8]");
    }

    @Test
    void addressesFromTheNetwork() {
        run("echo", "--address=dhcp,link-local", "--address", "auto", "--address=10.9.0.2/24", "--dhcp-timeout=5s");
        final LinkOptions link = opened.get();
        assertThat(link.addresses()).hasToString("[10.9.0.2/24]");
        assertThat(link.dhcp()).contains(new DhcpConfig("", null, true));
        assertThat(link.autoconfiguration()).isTrue();
        assertThat(link.dhcpTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void addressesFromTheNetworkAreAskedFor() {
        run("echo");
        assertThat(opened.get().dhcp()).isEmpty();
        assertThat(opened.get().autoconfiguration()).isFalse();
        assertThat(opened.get().hasAddressesOfTheNetwork()).isFalse();
        run("echo", "--address", "dhcp");
        assertThat(opened.get().dhcp()).contains(DhcpConfig.DEFAULT);
        assertThat(opened.get().addresses()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1ns, 1", "3us, 3000", "1.5ms, 1500000", "2s, 2000000000", "1m, 60000000000"})
    void durations(final String text, final long nanos) {
        run("echo", "--delay", text);
        assertThat(opened.get().delay()).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "get",
                "get ftp://127.0.0.1/a",
                "get https://127.0.0.1/",
                "get http://",
                "get http://127.0.0.1:99999/",
                "get http://a%20b/ -o -",
                "frobnicate",
                "serve . extra",
                "serve . --port 0",
                "serve . --port 65536",
                "serve . --port x",
                "serve . --method teleport",
                "serve . --mime nonsense",
                "serve . --mime text/plain\r\nX:y",
                "serve . --max-age -1",
                "serve . --max-age never",
                "echo --queues 0",
                "echo --queues 257",
                "echo --queues two",
                "echo --address 10.0.0.2",
                "echo --address bootp",
                "echo --address link-local",
                "echo --address dhcp --queues 2",
                "echo --address dhcp --gateway 10.0.0.1",
                "echo --address auto --network kernel",
                "echo --address dhcp --dhcp-timeout soon",
                "echo --address 10.0.0.256/24",
                "echo --address 10.0.0/24",
                "echo --address 10.0.0.2/33",
                "echo --address 10.0.0.0/24",
                "echo --address 10.0.0.255/24",
                "echo --address 224.0.0.1/24",
                "echo --address 10.0.0.1/24",
                "echo --address 10.0.1.2/24",
                "echo --address 10.0.0.2/16",
                "echo --gateway 10.0.1.1",
                "echo --gateway gateway",
                "echo --gateway 2001:db8::1",
                "echo --gateway 10.0.0.1 --gateway 10.0.0.3",
                "echo --address 10.0.0.2/24 --address 10.0.0.2/24",
                "echo --address 2001:db8::2/129",
                "echo --address 2001:db8:::2/64",
                "echo --address ff02::1/64",
                "echo --address ::1/128",
                "echo --address fe80::1%tap0/64",
                "echo --address 2001:db8::2/64",
                "echo --address 2001:db8::2/64 --host-address 2001:db8:1::1/64",
                "echo --route 192.0.2.0/24",
                "echo --route 192.0.2.0/24:10.0.0.1",
                "proxy --listen 80 --to [2001:db8::1]",
                "proxy --listen 80 --to 2001:db8::1:80",
                "proxy --listen 80 --to [2001:db8::x]:80",
                "echo --mtu 67",
                "echo --mtu 65522",
                "echo --loss 1.5",
                "echo --loss -1",
                "echo --loss half",
                "echo --delay 20",
                "echo --delay -20ms",
                "echo --seed x",
                "proxy --listen 80",
                "proxy --listen 80 --to nowhere",
                "proxy --listen 80 --to 10.0.0.1:80 --via kernel --listen-on kernel",
                "resolve",
                "resolve www --dns nowhere",
                "resolve www --dns 10.0.0.256",
                "resolve www --dns 10.0.0.1:0",
                "resolve www --dns 10.0.0.1 --network kernel",
                "resolve www --type nonsense",
                "get http://www/ --dns [::1",
                "echo --cc vegas",
                "echo --network kernel --cc reno",
                "echo --tap a/b",
                "echo --tap waytoolongatapname",
                "echo --unknown",
            })
    void mistakesAreOneLineAndStatus2(final String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("tapstack").contains("--help").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo --los 0.1        | --loss",
                "serve . --no-acces-log | --no-access-log",
                "serv .                | serve"
            })
    void aMisspeltWordGetsTheOneThatWasMeant(final String line, final String meant) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean " + meant + "? (see ").hasLineCount(1);
    }

    @Test
    void ownOptionsComeBeforeThoseOfTheNetwork() {
        assertThat(run("serve", "--help")).isZero();
        assertThat(out.toString()).containsSubsequence("--port=PORT", "--no-access-log", "Network:", "--tap=NAME");
    }

    @Test
    void aCaptureNeedsAFolder() {
        assertThat(execute(StackSession::open, "echo", "--pcap", directory + "/none/x.pcapng"))
                .isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("tapstack echo: --pcap " + directory + "/none/x.pcapng: there is no folder " + directory
                        + "/none\n");
    }

    @Test
    void congestionControlsAreListed() {
        assertThat(run("serve", "--help")).isZero();
        assertThat(out.toString())
                .contains("--cc=NAME")
                .containsPattern("bbr,\\s+cubic,\\s+newreno,\\s+reno,\\s+tahoe");
        assertThat(run("echo", "--cc", "vegas")).isEqualTo(2);
        assertThat(err.toString())
                .contains("no congestion control vegas: there are bbr, cubic, newreno, reno, tahoe (see");
    }

    @Test
    void failuresAreOneLineAndStatus1() {
        assertThat(run("serve", directory.resolve("nothing").toString())).isEqualTo(1);
        assertThat(err.toString())
                .endsWith("nothing: no such file or directory\n")
                .hasLineCount(1);
        err.getBuffer().setLength(0);
        assertThat(execute(
                        link -> {
                            throw new IOException("several\n  lines");
                        },
                        "echo"))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo("tapstack echo: several lines\n");
    }

    @Test
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            final String port = String.valueOf(taken.getLocalPort());
            final String[] proxy = {"proxy", "--listen", port, "--listen-on", "kernel", "--to", "127.0.0.1:9"};
            assertThat(execute(link -> new KernelSession(), proxy)).isEqualTo(1);
            assertThat(err.toString())
                    .startsWith("tapstack proxy: ")
                    .endsWith(" port " + port + ": Address already in use\n")
                    .hasLineCount(1);
        }
    }

    @Test
    void namesNeedDnsServers() {
        for (final String server : new String[] {"10.0.0.53", "10.0.0.53:5353", "2001:db8::53", "[2001:db8::53]:53"}) {
            assertThat(run("resolve", "www", "--dns", server)).isEqualTo(1);
            assertThat(answer()).isEqualTo("tapstack resolve: no network in this test\n");
        }
    }

    @Test
    void privateNetworksNeedTheLauncher() {
        assertThat(run("echo", "--private")).isEqualTo(1);
        assertThat(err.toString()).contains("bin/tapstack").hasLineCount(1);
    }

    @Test
    void getDownloadsAndTellsFailuresApart() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "hello");
        final Path target = directory.resolve("b.txt");
        try (HttpServer server = HttpServer.start(
                new JdkTransport(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                directory,
                ServerConfig.standard())) {
            final String url = "http://127.0.0.1:" + server.address().getPort();
            final String[] output = {"-o", target.toString()};
            assertThat(execute(link -> new KernelSession(), "get", url + "/a.txt", output[0], output[1]))
                    .isZero();
            assertThat(target).hasContent("hello");
            assertThat(execute(link -> new KernelSession(), "get", url + "/c.txt", output[0], output[1]))
                    .isEqualTo(22);
            assertThat(execute(link -> new KernelSession(), "get", url + "/a.txt", "-o", directory.toString()))
                    .isEqualTo(23);
        }
        assertThat(execute(link -> new KernelSession(), "get", "http://127.0.0.1:1/"))
                .isEqualTo(7);
        assertThat(err.toString().lines())
                .allMatch(line -> line.startsWith("tapstack get: "))
                .hasSize(3);
    }
}
