package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IPv6 between the stack and the kernel, both ways: Neighbor Discovery, ICMPv6, fragments, TCP and UDP. */
@Timeout(60)
class Ipv6IT {

    private static final int PORT = 7000;
    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    private final Threads threads = new Threads();
    private TestNetwork network;

    @AfterEach
    void close() throws Exception {
        threads.close();
        network.close();
    }

    @ParameterizedTest
    @EnumSource
    void answersPings(final Offload offload) throws Exception {
        network = TestNetwork.openDual(offload);
        assertThat(HostPrograms.run("ping", "-6", "-n", "-c", "5", "-i", "0.1", network.ipv6()))
                .contains("5 packets transmitted, 5 received, 0% packet loss")
                .doesNotContain("DUP!");
    }

    /** RFC 4861, RFC 4291 2.5.6: by its link-local address, and as one of all nodes. */
    @Test
    void answersOnTheLink() throws Exception {
        network = TestNetwork.openDual(Offload.ON);
        awaitLinkLocalOfHost();
        final String linkLocal = network.look(stack -> stack.ipv6().interfaces().get(0).addresses().all().stream()
                .map(each -> each.address())
                .filter(each -> each.isLinkLocal())
                .findFirst()
                .orElseThrow()
                .toString());
        assertThat(HostPrograms.run("ping", "-6", "-n", "-c", "3", "-i", "0.1", linkLocal + "%" + network.tap()))
                .contains("3 received");
        assertThat(HostPrograms.run("ping", "-6", "-n", "-c", "2", "-i", "0.1", "ff02::1%" + network.tap()))
                .contains("from " + linkLocal);
    }

    private void awaitLinkLocalOfHost() throws Exception {
        final long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end) {
            final String addresses =
                    HostPrograms.run("ip", "-6", "-o", "address", "show", "dev", network.tap(), "scope", "link");
            if (!addresses.isBlank() && !addresses.contains("tentative")) {
                return;
            }
            Thread.sleep(50);
        }
    }

    /** RFC 8200 4.5: 45 fragments, and as many back; 1,452 bytes are the most that one packet holds. */
    @ParameterizedTest
    @ValueSource(ints = {1_451, 1_452, 1_453, 4_000, 65_000, 65_487})
    void answersPingsOfAnyLength(final int length) throws Exception {
        network = TestNetwork.openDual(Offload.ON);
        HostPrograms.run("ping", "-6", "-n", "-c", "1", network.ipv6());
        assertThat(HostPrograms.run(
                        "ping", "-6", "-n", "-c", "3", "-i", "0.1", "-s", Integer.toString(length), network.ipv6()))
                .contains((length + 8) + " bytes from")
                .contains("3 packets transmitted, 3 received, 0% packet loss")
                .doesNotContainIgnoringCase("wrong data");
    }

    @ParameterizedTest
    @EnumSource
    void servesAFile(final Offload offload) throws Exception {
        network = TestNetwork.openDual(offload);
        final TestFile file = TestFile.write(directory.resolve("file"), 128 * MIB);
        network.serveBoth(directory, ServeMethod.SENDFILE);
        final String get = "curl -sS --fail --max-time 50 ";
        assertThat(HostPrograms.script(get + "-g -6 '" + network.ipv6Url(file.name()) + "' | sha256sum"))
                .startsWith(file.sha256());
        // One listener takes both families.
        assertThat(HostPrograms.script(get + network.url(file.name()) + " | sha256sum"))
                .startsWith(file.sha256());
    }

    @ParameterizedTest
    @EnumSource
    void uploadToTheStack(final Offload offload) throws Exception {
        network = TestNetwork.openDual(offload);
        try (Listener listener = network.transport().listen(new InetSocketAddress(network.ipv6Address(), PORT), 8)) {
            final Future<Summary> sink = threads.start(() -> {
                try (StreamConnection connection = listener.accept()) {
                    return TestBytes.readAll(connection.input());
                }
            });
            final Summary sent;
            try (Socket client = new Socket(network.ipv6Address(), PORT)) {
                sent = TestBytes.write(client.getOutputStream(), 0, 128 * MIB);
            }
            assertThat(Threads.result(sink)).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void uploadFromTheStack(final Offload offload) throws Exception {
        network = TestNetwork.openDual(offload);
        try (ServerSocket server = new ServerSocket(PORT, 8, network.ipv6HostAddress())) {
            final Future<Summary> sink = threads.start(() -> {
                try (Socket connection = server.accept()) {
                    return TestBytes.readAll(connection.getInputStream());
                }
            });
            final Summary sent;
            final InetSocketAddress to = new InetSocketAddress(network.ipv6HostAddress(), PORT);
            try (StreamConnection client = network.transport().connect(to, Duration.ofSeconds(10))) {
                sent = TestBytes.write(client.output(), 0, 64 * MIB);
            }
            assertThat(Threads.result(sink)).isEqualTo(sent);
        }
    }

    /** Several queues: the kernel's flow labels and ports decide where a frame arrives. */
    @Test
    void severalStacksServeAFile() throws Exception {
        network = TestNetwork.openDual(Offload.ON, 2);
        final TestFile file = TestFile.write(directory.resolve("file"), 8 * MIB);
        network.serveBoth(directory, ServeMethod.SENDFILE);
        for (int i = 0; i < 8; i++) {
            assertThat(HostPrograms.script(
                            "curl -sS --fail --max-time 20 -g -6 '" + network.ipv6Url(file.name()) + "' | sha256sum"))
                    .startsWith(file.sha256());
        }
    }

    /** One frame in twenty is lost, each way, by nftables. */
    @ParameterizedTest
    @EnumSource
    void losesNoByteWhenFramesAreLost(final Offload offload) throws Exception {
        network = TestNetwork.openDual(offload);
        final TestFile file = TestFile.write(directory.resolve("file"), 2 * MIB);
        network.serveBoth(directory, ServeMethod.SENDFILE);
        // Otherwise a rule drops a super-segment of 64 KiB at a time.
        HostPrograms.run("ip", "link", "set", network.tap(), "gso_max_segs", "1");
        HostPrograms.run("ping", "-6", "-c", "1", network.ipv6());
        LossyLink.make(network.tap(), 5);
        try {
            assertThat(HostPrograms.script(
                            "curl -sS --fail --max-time 55 -g -6 '" + network.ipv6Url(file.name()) + "' | sha256sum"))
                    .startsWith(file.sha256());
            // Few frames go to the stack, all of them ACKs; many come from it, unless they are super-segments.
            final long again = network.look(stack -> stack.statistics().segmentsRetransmitted);
            assertThat(again).isGreaterThanOrEqualTo(offload == Offload.OFF ? 1 : 0);
        } finally {
            LossyLink.repair(network.tap());
        }
    }

    /** RFC 4443 3.1: closed ports of TCP are reset, and those of UDP reported; few, as errors are rate-limited. */
    @Test
    void nmapSeesOpenAndClosedPorts() throws Exception {
        network = TestNetwork.openDual(Offload.ON);
        network.serveBoth(directory, ServeMethod.SENDFILE);
        assertThat(HostPrograms.run("nmap", "-6", "-n", "-Pn", "-sS", "-p", "79-81,443", network.ipv6()))
                .contains("79/tcp closed", "80/tcp open", "81/tcp closed", "443/tcp closed")
                .doesNotContain("filtered");
        assertThat(HostPrograms.run("nmap", "-6", "-n", "-Pn", "-sU", "--reason", "-p", "7,53", network.ipv6()))
                .contains("7/udp closed", "53/udp closed", "port-unreach");
    }
}
