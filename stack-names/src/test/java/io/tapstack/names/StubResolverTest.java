package io.tapstack.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Impairment;
import io.tapstack.names.ResolverCounters.Event;
import io.tapstack.network.Activity;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.ResolutionFailure;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The resolver over our own UDP and TCP, against a DNS server on another host, in virtual time. */
@Timeout(60)
class StubResolverTest {

    private static final IpAddress SERVER = IpAddress.parse("10.0.0.53");

    private final Zone zone = new Zone()
            .with("example.com. 300 SOA ns.example.com. root.example.com. 1 2 3 4 60")
            .with("www.example.com. 300 A 10.0.0.80")
            .with("ftp.example.com. 300 CNAME www.example.com.")
            .with("both.example.com. 300 A 10.0.0.80")
            .with("both.example.com. 300 A 10.0.0.99")
            .with("mail.example.com. 300 MX 10 mx.example.com.")
            .with("mail.example.com. 300 MX 20 mx2.example.com.");

    private MemoryNetwork network;
    private Host server;
    private Host client;
    private DnsServer dns;
    private ResolverConfig config = ResolverConfig.of(SERVER).withSearch(List.of("example.com"));

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 60; i++) {
            zone.with("many.example.com. 300 A 192.0.2." + i);
        }
        network = MemoryNetwork.builder()
                .virtualTime()
                .seed(1035)
                .impairment(Impairment.NONE.withDelay(1_000_000))
                .build();
        server = network.host("server").address("10.0.0.53/24").start();
        client = network.host("client")
                .address("10.0.0.2/24")
                .resolver(StubResolver.with(() -> config))
                .start();
        dns = new DnsServer(network, server, zone);
    }

    @AfterEach
    void stop() {
        dns.close();
        network.close();
    }

    private StubResolver resolver() {
        return (StubResolver) client.resolver();
    }

    private List<String> resolve(final String name) throws IOException {
        return resolver().resolve(name).stream().map(IpAddress::toString).toList();
    }

    @Test
    void resolves() throws IOException {
        assertThat(resolve("www")).containsExactly("10.0.0.80");
        assertThat(resolve("ftp.example.com")).containsExactly("10.0.0.80");
        assertThat(resolve("127.0.0.1")).containsExactly("127.0.0.1");
        assertThat(resolve("2001:db8::1")).containsExactly("2001:db8::1");
        assertThat(resolve("localhost")).contains("127.0.0.1");
        assertThatThrownBy(() -> resolve("nothing.example.com"))
                .isInstanceOf(ResolutionFailure.class)
                .hasMessage("nothing.example.com: unknown host");
    }

    @Test
    void findsRecordsOfAnyType() throws IOException {
        assertThat(resolver().records("mail", "mx"))
                .extracting(DnsRecord::data)
                .containsExactlyInAnyOrder("10 mx.example.com.", "20 mx2.example.com.");
        assertThatThrownBy(() -> resolver().records("mail", "nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'nonsense' is not a type of DNS records such as A, AAAA or MX");
    }

    /** RFC 5452 9.2: a socket for each query, at a port that cannot be guessed. */
    @Test
    void eachQueryHasAPortOfItsOwn() throws IOException {
        for (int i = 0; i < 20; i++) {
            resolver().clearCache();
            resolve("www");
        }
        assertThat(dns.ports).hasSize(40);
        assertThat(dns.ports.stream().distinct().count()).isGreaterThan(35);
        int steps = 0;
        for (int i = 1; i < dns.ports.size(); i++) {
            steps += Math.abs(dns.ports.get(i) - dns.ports.get(i - 1)) < 16 ? 1 : 0;
        }
        assertThat(steps).isLessThan(5);
        assertThat(client.<Integer>look(stack -> stack.tcp().connections().size()))
                .isZero();
    }

    @Test
    void fetchesLargeAnswersOverTcp() throws IOException {
        assertThat(resolve("many")).hasSize(60);
        assertThat(dns.tcpQueries).isEqualTo(1);
        config = config.withOverTcp(true);
        assertThat(resolve("www")).containsExactly("10.0.0.80");
        assertThat(dns.tcpQueries).isEqualTo(3);
    }

    @Test
    void asksAgainWhenAQueryIsLost() throws Exception {
        resolve("ftp"); // the server's Ethernet address
        network.partition("server", "client");
        network.start("mending", () -> {
            network.sleep(Duration.ofSeconds(4));
            network.heal();
        });
        assertThat(resolve("www")).containsExactly("10.0.0.80");
        assertThat(network.elapsed()).isBetween(Duration.ofSeconds(4), Duration.ofMillis(5_100));
    }

    @Test
    void fallsBackToTheNextServer() throws IOException {
        config = ResolverConfig.of(IpAddress.parse("192.0.2.53"), IpAddress.parse("10.0.0.77"), SERVER);
        assertThat(resolve("www.example.com")).containsExactly("10.0.0.80");
        // No route to the first one; the second one does not exist, so ARP finds out in 3 s.
        assertThat(network.elapsed()).isLessThan(Duration.ofSeconds(4));
        assertThat(resolver().counters().events(Event.UNREACHABLE)).isEqualTo(2);
    }

    @Test
    void asksOverIpv6() throws Exception {
        config = ResolverConfig.of(IpAddress.parse("2001:db8::53"));
        try (Host six = network.host("six")
                        .address("2001:db8::53/64")
                        .address("10.0.0.6/24")
                        .start();
                Host asking = network.host("asking")
                        .address("2001:db8::2/64")
                        .resolver(StubResolver.with(() -> config))
                        .start();
                DnsServer ipv6 = new DnsServer(network, six, zone)) {
            network.sleep(Duration.ofSeconds(3)); // duplicate address detection
            assertThat(asking.resolver().resolve("www.example.com")).hasToString("[10.0.0.80]");
            assertThat(asking.resolver().resolve("many.example.com")).hasSize(60);
            assertThat(ipv6.tcpQueries).isEqualTo(1);
        }
    }

    @Test
    void noticesThatNobodyListens() throws IOException {
        dns.close();
        assertThatThrownBy(() -> resolve("www.example.com"))
                .hasMessage("www.example.com: 10.0.0.53:53: connection refused");
        assertThat(network.elapsed()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void endsWhenNobodyAnswers() {
        network.partition("server", "client");
        assertThatThrownBy(() -> resolve("www.example.com"))
                .isInstanceOf(ResolutionFailure.class)
                .hasMessageStartingWith("www.example.com: 10.0.0.53:53");
        assertThat(network.elapsed()).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void connectsToAName() throws Exception {
        try (Host web = network.host("web").address("10.0.0.80/24").start();
                TapServerSocket listener = web.listen(80)) {
            try (TapSocket socket = client.connect("ftp.example.com", 80)) {
                assertThat(socket.remoteAddress()).hasToString("/10.0.0.80:80");
            }
            try (TapSocket socket = client.connect("10.0.0.80", 80)) {
                assertThat(socket.isConnected()).isTrue();
            }
            // 10.0.0.99 does not exist; whichever the server names first, there is a connection soon.
            final Duration before = network.elapsed();
            try (TapSocket socket = client.connect("both", 80)) {
                assertThat(socket.remoteAddress()).hasToString("/10.0.0.80:80");
            }
            assertThat(network.elapsed().minus(before)).isLessThan(Duration.ofMillis(300));
            assertThat(listener.isClosed()).isFalse();
        }
    }

    @Test
    void manyThreadsLookUpAtOnce() throws Exception {
        final List<Activity> activities = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            final String name = i % 2 == 0 ? "www" : "ftp.example.com";
            activities.add(network.start(
                    "look-up " + i, () -> assertThat(resolve(name)).containsExactly("10.0.0.80")));
        }
        for (final Activity activity : activities) {
            activity.join();
        }
    }

    @Test
    void anotherConfigurationEmptiesTheCache() throws IOException {
        resolve("www");
        resolve("www");
        assertThat(dns.ports).hasSize(2);
        config = config.withAttempts(3);
        resolve("www");
        assertThat(dns.ports).hasSize(4);
    }

    @Test
    void endsByInterrupt() throws Exception {
        network.partition("server", "client");
        final Activity waiting = network.start(
                "waiting", () -> assertThatThrownBy(() -> resolve("www")).isInstanceOf(InterruptedIOException.class));
        network.sleep(Duration.ofMillis(100));
        waiting.interrupt();
        waiting.join();
        assertThat(network.elapsed()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void closingEndsLookups() throws Exception {
        network.partition("server", "client");
        final Activity waiting = network.start(
                "waiting",
                () -> assertThatThrownBy(() -> resolve("www"))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("the resolver is closed"));
        network.sleep(Duration.ofMillis(100));
        client.resolver().close();
        waiting.join();
        assertThat(network.elapsed()).isLessThan(Duration.ofSeconds(1));
        assertThatThrownBy(() -> resolve("www")).hasMessage("the resolver is closed");
    }
}
