package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Impairment;
import io.tapstack.network.Activity;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.ScriptedResolver.Family;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connecting to names in virtual time: to the millisecond, with hosts that are dead. */
@Timeout(60)
class HappyEyeballsTest {

    private static final long MILLIS = 1_000_000;
    private static final Family NONE = Family.after(0);

    private MemoryNetwork network;
    private Host server;
    private Host client;
    private TapServerSocket listener;

    @BeforeEach
    void start() throws IOException {
        network = MemoryNetwork.builder()
                .virtualTime()
                .seed(8305)
                .impairment(Impairment.NONE.withDelay(MILLIS))
                .build();
        server = network.host("server").address("10.0.0.1/24").start();
        client = network.host("client").address("10.0.0.2/24").start();
        listener = server.listen(80);
    }

    @AfterEach
    void stop() {
        network.close();
    }

    private HappyEyeballs connector(final Family ipv6, final Family ipv4) {
        return new HappyEyeballs(client.sockets(), new ScriptedResolver(client.sockets(), ipv6, ipv4));
    }

    @Test
    void connectsToANumberWithoutAResolver() throws IOException {
        try (TapSocket socket = connector(NONE, NONE).connect("10.0.0.1", 80, Duration.ZERO)) {
            assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
        }
    }

    /** The connection is a usual one: it blocks, and carries bytes both ways. */
    @Test
    void givesABlockingSocket() throws Exception {
        final Activity echo = network.start("echo", () -> {
            try (TapSocket peer = listener.accept()) {
                peer.input().transferTo(peer.output());
            }
        });
        try (TapSocket socket = connector(NONE, Family.after(0, "10.0.0.1")).connect("www", 80, Duration.ZERO)) {
            socket.output().write(42);
            assertThat(socket.input().read()).isEqualTo(42);
        }
        echo.join();
    }

    /** No host answers at 10.0.0.9 (no ARP reply): the next address has its turn after 250 ms. */
    @Test
    void passesADeadAddressAfter250Milliseconds() throws IOException {
        try (TapSocket socket =
                connector(NONE, Family.after(0, "10.0.0.9", "10.0.0.1")).connect("www", 80, Duration.ZERO)) {
            assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
        }
        // The delay, and two round trips of 2 ms: ARP and the handshake.
        assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(254));
    }

    /** IPv6 is dead: its frames are lost behind the switch. IPv4 has the connection after 250 ms. */
    @Test
    void passesADeadFamily() throws IOException {
        try (Host both = network.host("both")
                        .address("10.0.0.3/24")
                        .address("2001:db8::3/64")
                        .start();
                TapSocket socket = new HappyEyeballs(
                                both.sockets(),
                                new ScriptedResolver(
                                        both.sockets(),
                                        Family.after(0, "2001:db8::99", "2001:db8::98"),
                                        Family.after(0, "10.0.0.1")))
                        .connect("www", 80, Duration.ZERO)) {
            assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
        }
    }

    /** RFC 6724 prefers IPv6, and so does the race where both families are alive. */
    @Test
    void prefersIpv6() throws Exception {
        try (Host both = network.host("both")
                        .address("10.0.0.3/24")
                        .address("2001:db8::3/64")
                        .start();
                Host web = network.host("web")
                        .address("10.0.0.4/24")
                        .address("2001:db8::4/64")
                        .start();
                TapServerSocket webListener = web.listen(80)) {
            // Until duplicate address detection is over, neither has an IPv6 address.
            network.sleep(Duration.ofSeconds(3));
            try (TapSocket socket = new HappyEyeballs(
                            both.sockets(),
                            new ScriptedResolver(
                                    both.sockets(),
                                    Family.after(40 * MILLIS, "2001:db8::4"),
                                    Family.after(0, "10.0.0.4")))
                    .connect("www", 80, Duration.ZERO)) {
                assertThat(socket.remoteAddress().getAddress().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:4");
            }
            assertThat(webListener.isClosed()).isFalse();
        }
    }

    /** There is no route to 192.0.2.1: the next address is tried at once. */
    @Test
    void passesAnUnreachableAddressAtOnce() throws IOException {
        try (TapSocket socket =
                connector(NONE, Family.after(0, "10.0.0.1", "192.0.2.1")).connect("www", 80, Duration.ZERO)) {
            assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
        }
        assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(4));
    }

    /** RFC 8305 3: the resolution delay, when the AAAA answer does not come. */
    @Test
    void waitsFiftyMillisecondsForTheOtherFamily() throws IOException {
        try (TapSocket socket = connector(Family.after(60_000 * MILLIS), Family.after(10 * MILLIS, "10.0.0.1"))
                .connect("www", 80, Duration.ZERO)) {
            assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
        }
        assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(10 + 50 + 4));
    }

    /** The loser is closed: no connection to the slower host is left, neither here nor there. */
    @Test
    void closesTheLosers() throws Exception {
        try (Host slow = network.host("slow").address("10.0.0.3/24").start();
                TapServerSocket slowListener = slow.listen(80)) {
            network.impair("slow", "client", Impairment.NONE.withDelay(200 * MILLIS));
            try (TapSocket socket =
                    connector(NONE, Family.after(0, "10.0.0.3", "10.0.0.1")).connect("www", 80, Duration.ZERO)) {
                assertThat(socket.remoteAddress()).hasToString("/10.0.0.1:80");
                network.sleep(Duration.ofSeconds(2));
                assertThat(client.<Integer>look(
                                stack -> stack.tcp().connections().size()))
                        .isEqualTo(1);
                assertThat(slow.<Integer>look(stack -> stack.tcp().connections().size()))
                        .isZero();
                assertThat(slowListener.isClosed()).isFalse();
            }
        }
    }

    @Test
    void namesAllReasons() {
        assertThatThrownBy(() -> connector(NONE, Family.after(0, "10.0.0.1", "192.0.2.1"))
                        .connect("www", 81, Duration.ZERO))
                .isInstanceOf(ConnectException.class)
                .hasMessage("cannot connect to www port 81: 10.0.0.1:81: Connection refused;"
                        + " 192.0.2.1:81: Network is unreachable")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
    }

    @Test
    void endsWhenTheTimeIsOver() {
        assertThatThrownBy(
                        () -> connector(NONE, Family.after(0, "10.0.0.9")).connect("www", 80, Duration.ofMillis(700)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("www port 80: connect timed out");
        assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(700));
        assertThat(client.<Integer>look(stack -> stack.tcp().connections().size()))
                .isZero();
    }

    @Test
    void saysWhyThereIsNoAddress() {
        assertThatThrownBy(() -> connector(NONE, NONE).connect("www", 80, Duration.ZERO))
                .isInstanceOf(ResolutionFailure.class)
                .hasMessage("no such name");
    }

    @Test
    void endsByInterrupt() throws Exception {
        final Activity connecting = network.start(
                "connecting",
                () -> assertThatThrownBy(() ->
                                connector(NONE, Family.after(0, "10.0.0.9")).connect("www", 80, Duration.ZERO))
                        .isInstanceOf(ClosedByInterruptException.class));
        network.sleep(Duration.ofMillis(100));
        connecting.interrupt();
        connecting.join();
    }
}
