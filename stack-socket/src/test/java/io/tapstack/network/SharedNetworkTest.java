package io.tapstack.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Impairment;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all hosts of a network share: the line of a port, and a capture. */
class SharedNetworkTest {

    private static final int BYTES = 500_000;
    private static final long RATE = 1_000_000;
    private static final int QUEUE = 64_000;

    /** Two hosts upload to a third; returns the seconds that this takes. */
    private static double uploadSeconds(final MemoryNetwork network) throws Exception {
        try (Host server = network.host("server").address("10.0.0.1/24").start();
                Host one = network.host("one").address("10.0.0.2/24").start();
                Host other = network.host("other").address("10.0.0.3/24").start();
                TapServerSocket listener = server.listen(80)) {
            final List<Activity> all = new ArrayList<>();
            final double start = network.elapsed().toNanos() / 1e9;
            for (final Host host : List.of(one, other)) {
                all.add(network.start("upload of " + host, () -> {
                    try (TapSocket socket = host.connect("10.0.0.1", 80)) {
                        socket.output().write(new byte[BYTES]);
                    }
                }));
                all.add(network.start("download", () -> {
                    try (TapSocket peer = listener.accept()) {
                        assertThat(peer.input().readAllBytes()).hasSize(BYTES);
                    }
                }));
            }
            for (final Activity each : all) {
                each.join();
            }
            return network.elapsed().toNanos() / 1e9 - start;
        }
    }

    private static MemoryNetwork network() {
        return MemoryNetwork.builder()
                .virtualTime()
                .seed(1)
                .impairment(Impairment.NONE.withDelay(5_000_000))
                .build();
    }

    @Test
    void aPortsRateIsThatOfAllSendersTogether() throws Exception {
        try (MemoryNetwork network = network()) {
            assertThat(uploadSeconds(network)).as("without a rate").isLessThan(0.5);
            network.portRate("server", RATE, QUEUE);
            final double together = 2.0 * BYTES / RATE;
            assertThat(uploadSeconds(network)).isBetween(together, 1.3 * together);
            assertThat(network.statistics("server").lost())
                    .as("at the full queue")
                    .isPositive();
            network.portRate("server", 0, 0);
            assertThat(uploadSeconds(network)).isLessThan(0.5);
            assertThat(network.regionsInUse()).isZero();
        }
    }

    /** With a rate for each path the two do not share it. */
    @Test
    void aPathsRateIsItsOwn() throws Exception {
        try (MemoryNetwork network = network()) {
            network.impair(Impairment.NONE.withDelay(5_000_000).withRate(RATE, QUEUE));
            assertThat(uploadSeconds(network)).isLessThan(1.5 * BYTES / RATE);
        }
    }

    @Test
    void oneCaptureHasTheFramesOfAllHosts(@TempDir final Path folder) throws Exception {
        final Path file = folder.resolve("all.pcapng");
        try (MemoryNetwork network = network()) {
            network.capture(file);
            assertThatThrownBy(() -> network.capture(file)).isInstanceOf(IllegalStateException.class);
            uploadSeconds(network);
        }
        final String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).contains("server", "one", "other");
        assertThat(content.length()).as("each frame as sent and as received").isGreaterThan(4 * BYTES);
    }
}
