package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapstack.ip.HostAddress;
import io.tapstack.ip.Route;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.ndp.NdpProtocol;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stack that configures itself from the advertisements of radvd: RFC 4861 6, RFC 4862 5.5, RFC 4191, RFC 8106. */
@Timeout(90)
class RouterIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private TestNetwork network;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open(network -> StackConfig.builder(network.ipv4Address())
                .ndp(NdpConfig.DEFAULT.withTemporaryAddresses(true))
                .build());
        HostPrograms.run("ip", "addr", "add", network.ipv6Prefix() + "::1/64", "dev", network.tap(), "nodad");
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    /** Starts a router that advertises every three or four seconds. */
    private Daemon router(final int lifetimeSeconds) throws Exception {
        final Path config = directory.resolve("radvd.conf");
        Files.writeString(
                config, """
                interface %s {
                  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;
                  AdvDefaultLifetime %d; AdvLinkMTU 1400; AdvCurHopLimit 55;
                  prefix %s::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };
                  route 2001:db8:9999::/48 { AdvRouteLifetime 60; };
                  RDNSS %s::53 { AdvRDNSSLifetime 60; };
                  DNSSL lab.example { AdvDNSSLLifetime 60; };
                };
                """.formatted(network.tap(), lifetimeSeconds, network.ipv6Prefix(), network.ipv6Prefix()));
        return Daemon.start(
                directory.resolve("radvd.log"),
                "radvd",
                "-n",
                "-m",
                "stderr",
                "-C",
                config.toString(),
                "-p",
                directory.resolve("radvd.pid").toString());
    }

    private <T> T ndp(final Function<NdpProtocol, T> question) {
        return network.look(stack -> question.apply(
                Objects.requireNonNull(NeighborDiscoveryIT.onLink(stack).ndp())));
    }

    private List<HostAddress> usable(final HostAddress.Origin origin) {
        return network.look(stack -> NeighborDiscoveryIT.onLink(stack).addresses().all().stream()
                .filter(address -> address.origin() == origin && address.isUsable())
                .toList());
    }

    private String gateway(final String destination) {
        return network.look(stack -> {
            final Route route = stack.internet().routes().lookup(IpAddress.parse(destination));
            return route == null
                    ? "none"
                    : route.gateway() == null ? "link" : route.gateway().toString();
        });
    }

    @Test
    void configuresItself() throws Exception {
        try (Daemon radvd = router(120)) {
            await().atMost(LIMIT).until(() -> !usable(HostAddress.Origin.STABLE).isEmpty());
            await().atMost(LIMIT)
                    .until(() -> !usable(HostAddress.Origin.TEMPORARY).isEmpty());
            final String stable =
                    usable(HostAddress.Origin.STABLE).get(0).address().toString();
            assertThat(stable).startsWith(network.ipv6Prefix() + ":");
            for (final HostAddress.Origin origin : List.of(HostAddress.Origin.STABLE, HostAddress.Origin.TEMPORARY)) {
                assertThat(HostPrograms.run(
                                "ping",
                                "-6",
                                "-n",
                                "-c",
                                "2",
                                "-i",
                                "0.2",
                                usable(origin).get(0).address().toString()))
                        .contains(" 0% packet loss");
            }
            assertThat(gateway("2001:db8:9999::1")).startsWith("fe80:").isEqualTo(gateway("2001:4860::1"));
            assertThat(gateway(network.ipv6Prefix() + "::99")).isEqualTo("link");
            final int mtu = ndp(ndp -> ndp.parameters().mtu());
            assertThat(mtu).isEqualTo(1400);
            final int hopLimit = ndp(ndp -> ndp.parameters().hopLimit());
            assertThat(hopLimit).isEqualTo(55);
            final List<IpAddress> servers = ndp(ndp -> ndp.dns().servers());
            assertThat(servers).hasToString("[" + network.ipv6Prefix() + "::53]");
            final List<String> domains = ndp(ndp -> ndp.dns().searchDomains());
            assertThat(domains).containsExactly("lab.example");
            assertThat(radvd.isRunning()).isTrue();
        }
    }

    /** RFC 4861 6.2.5: a router that stops says so. */
    @Test
    void aRouterThatStopsIsForgotten() throws Exception {
        try (Daemon radvd = router(1800)) {
            await().atMost(LIMIT).until(() -> ndp(NdpProtocol::hasDefaultRouter));
            radvd.close();
            await().atMost(Duration.ofSeconds(5)).until(() -> !ndp(NdpProtocol::hasDefaultRouter));
            assertThat(gateway("2001:4860::1")).isEqualTo("none");
        }
    }

    /** RFC 4861 6.3.5: a router that vanishes is forgotten at the end of its lifetime, and found when it is back. */
    @Test
    void aRouterThatVanishesIsForgottenAndFoundAgain() throws Exception {
        try (Daemon radvd = router(5)) {
            await().atMost(LIMIT).until(() -> ndp(NdpProtocol::hasDefaultRouter));
            radvd.kill();
            await().atMost(Duration.ofSeconds(10)).until(() -> !ndp(NdpProtocol::hasDefaultRouter));
            assertThat(usable(HostAddress.Origin.STABLE))
                    .as("the address lives on")
                    .hasSize(1);
        }
        Files.deleteIfExists(directory.resolve("radvd.pid"));
        try (Daemon again = router(120)) {
            await().atMost(LIMIT).until(() -> ndp(NdpProtocol::hasDefaultRouter));
            assertThat(again.isRunning()).isTrue();
        }
    }
}
