package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** SYNs to a server from a network behind the host, {@code part.SynFlood}. The host forwards them, and the answers. */
final class Flood implements AutoCloseable {

    private static final String MAIN = "io.tapstack.bench.part.SynFlood";
    private static final String HOST_MAC = "02:00:00:00:00:10";
    private static final String FLOOD_MAC = "02:00:00:00:00:11";
    private static final String NETWORK = "10.%d.0.0";
    private static final int FIRST_NETWORK = 100;
    private static final int NETWORK_BITS = 16;
    private static final int PER_SECOND = 30_000;
    /** Share of the SYNs that must have arrived: a machine that is busy with the transfer may be late. */
    private static final double ENOUGH = 0.5;

    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Child process;
    private final String tap;
    private long startNanos;
    private long answersBefore;

    private Flood(final Child process, final String tap) {
        this.process = process;
        this.tap = tap;
    }

    /** Prepares a flood. */
    static Flood towards(final Lab lab, final Server server) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        final String network = NETWORK.formatted(FIRST_NETWORK + link.number());
        final String route = "ip route replace " + network + '/' + NETWORK_BITS + " via ";
        final Child process = lab.start(
                "SYN flood",
                Lab.jvm(
                        List.of(),
                        MAIN,
                        List.of(
                                link.tap(),
                                link.hostAddress(),
                                String.valueOf(Link.PREFIX_LENGTH),
                                HOST_MAC,
                                network,
                                server.address(),
                                String.valueOf(server.port()),
                                String.valueOf(PER_SECOND))));
        process.line(WAIT);
        lab.run("ip link set " + link.tap() + " address " + HOST_MAC);
        lab.run("ip neigh replace " + link.address() + " lladdr " + FLOOD_MAC + " dev " + link.tap());
        lab.run(route + link.address());
        lab.run(List.of("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"));
        lab.runInSecond(route + Lab.REFERENCE_HOST);
        return new Flood(process, link.tap());
    }

    void start() throws IOException {
        answersBefore = answers();
        startNanos = System.nanoTime();
        process.send("");
    }

    /** @throws BenchFailure if there were too few SYNs, or answers */
    void stop() throws IOException, InterruptedException {
        process.send("");
        final long sent = Long.parseLong(process.line(WAIT));
        final double seconds = (System.nanoTime() - startNanos) / 1e9;
        if (sent < ENOUGH * PER_SECOND * seconds) {
            throw new BenchFailure("a flood of only " + sent + " SYNs in " + seconds + " s");
        }
        final long answered = answers() - answersBefore;
        if (answered < ENOUGH * sent) {
            throw new BenchFailure("of " + sent + " SYNs only " + answered + " were answered");
        }
    }

    /** Packets that the host has sent to the network so far, or would have if the TAP were read. */
    private long answers() throws IOException {
        return statistic("tx_packets") + statistic("tx_dropped");
    }

    private long statistic(final String name) throws IOException {
        return Long.parseLong(Files.readString(Path.of("/sys/class/net", tap, "statistics", name))
                .strip());
    }

    @Override
    public void close() {
        process.close();
    }
}
