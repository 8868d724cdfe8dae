package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapstack.dhcp.DhcpClient;
import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.dhcp.DhcpLease;
import io.tapstack.names.ResolverConfig;
import io.tapstack.names.StubResolver;
import io.tapstack.stack.StackConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A stack that leases its address from dnsmasq (RFC 2131). */
@Timeout(90)
class DhcpIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    /** The option of a server that answers DNS, too. */
    private static final String DNS = "--port=53";

    @TempDir
    private Path directory;

    private static TestNetwork open(final DhcpConfig config) throws Exception {
        return TestNetwork.open(network -> StackConfig.builder().dhcp(config).build());
    }

    /** Starts a server for the addresses 50 and 51 of the subnet, with further options. */
    private Daemon server(final TestNetwork network, final String... options) throws Exception {
        final List<String> command = new ArrayList<>(List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--user=root",
                "--interface=" + network.tap(),
                "--bind-interfaces",
                "--dhcp-range=" + address(network, 50) + "," + address(network, 51) + ",2m",
                "--dhcp-sequential-ip",
                "--no-ping",
                "--dhcp-leasefile=" + directory.resolve("leases"),
                "--pid-file=" + directory.resolve("pid"),
                "--log-dhcp",
                "--log-facility=-"));
        if (!List.of(options).contains(DNS)) {
            command.add("--port=0");
        }
        command.addAll(List.of(options));
        return Daemon.start(directory.resolve("dnsmasq.log"), command.toArray(String[]::new));
    }

    private static String address(final TestNetwork network, final int host) throws Exception {
        final byte[] bytes = network.hostAddress().getAddress();
        bytes[3] = (byte) host;
        return InetAddress.getByAddress(bytes).getHostAddress();
    }

    /** Waits for a lease that is in use. */
    private static DhcpLease lease(final TestNetwork network) {
        await().atMost(LIMIT)
                .until(() -> network.look(stack -> client(stack.dhcp()).lease() != null));
        return network.look(stack -> Objects.requireNonNull(client(stack.dhcp()).lease()));
    }

    private static DhcpClient client(final DhcpClient client) {
        return Objects.requireNonNull(client);
    }

    @Test
    void leasesAnAddressUsesItAndGivesItBack() throws Exception { // RFC 2131 3.1, 4.4.6
        try (TestNetwork network = open(new DhcpConfig("tapstack", null, false));
                Daemon server = server(
                        network,
                        "--dhcp-option=option:dns-server,10.9.9.9",
                        "--dhcp-option=option:classless-static-route,10.88.0.0/16," + address(network, 1))) {
            final DhcpLease lease = lease(network);
            assertThat(lease.address()).hasToString(address(network, 50) + "/24");
            assertThat(lease.dnsServers()).hasToString("[10.9.9.9]");
            assertThat(lease.routes()).hasSize(1);
            assertThat(HostPrograms.run("ping", "-n", "-c", "2", "-i", "0.2", address(network, 50)))
                    .contains(" 0% packet loss");
            assertThat(server.output()).contains("client provides name: tapstack");
            // With the interface still there: dnsmasq ignores a message of one that is gone.
            network.look(stack -> {
                client(stack.dhcp()).close();
                return true;
            });
            await().atMost(LIMIT).until(() -> server.output().contains("DHCPRELEASE"));
        }
    }

    @Test
    void renewsTheLease() throws Exception { // RFC 2131 4.4.5
        try (TestNetwork network = open(DhcpConfig.DEFAULT);
                Daemon server = server(network, "--dhcp-option=option:T1,8", "--dhcp-option=option:T2,100")) {
            final DhcpLease lease = lease(network);
            assertThat(lease.renewalSeconds()).isEqualTo(8);
            await().atMost(LIMIT).until(() -> count(server.output(), "DHCPACK") >= 2);
            assertThat(count(server.output(), "DHCPDISCOVER")).isEqualTo(1);
            assertThat(lease(network).address()).isEqualTo(lease.address());
        }
    }

    /** The resolver, which has no servers of its own, asks that of the lease, and appends its domain. */
    @Test
    void namesAServerOfNames() throws Exception { // RFC 2132 3.8, 3.17
        try (TestNetwork network = open(DhcpConfig.DEFAULT);
                Daemon server = server(
                        network,
                        DNS,
                        "--no-resolv",
                        "--no-hosts",
                        "--domain=lab.example",
                        "--host-record=www.lab.example,10.1.2.3");
                StubResolver resolver = new StubResolver(network.sockets(), ResolverConfig.DEFAULT)) {
            lease(network);
            assertThat(resolver.resolve("www")).hasToString("[10.1.2.3]");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "tapstack.slow", matches = "true")
    void declinesAnAddressThatTheHostHas() throws Exception { // RFC 2131 3.1 (5), RFC 5227 2.1
        try (TestNetwork network = open(DhcpConfig.DEFAULT)) {
            HostPrograms.run("ip", "addr", "add", address(network, 50) + "/24", "dev", network.tap());
            try (Daemon server = server(network)) {
                assertThat(lease(network).address()).hasToString(address(network, 51) + "/24");
                assertThat(server.output()).contains("DHCPDECLINE");
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "tapstack.slow", matches = "true")
    void withoutAServerTheAddressIsLinkLocal() throws Exception { // RFC 3927 2
        try (TestNetwork network = open(new DhcpConfig("", null, true))) {
            HostPrograms.run("ip", "addr", "add", "169.254.1.1/16", "dev", network.tap());
            final String address = await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> network.look(stack -> stack.ipv4().interfaces().get(0).addresses().all().stream()
                                    .filter(each -> each.isUsable())
                                    .map(each -> each.address().toString())
                                    .findFirst()
                                    .orElse("")),
                            found -> !found.isEmpty());
            assertThat(address).startsWith("169.254.");
            assertThat(HostPrograms.run("ping", "-n", "-c", "2", "-i", "0.2", address))
                    .contains(" 0% packet loss");
        }
    }

    private static int count(final String text, final String word) {
        return text.split(word, -1).length - 1;
    }
}
