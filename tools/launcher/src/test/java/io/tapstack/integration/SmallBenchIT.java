package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark's small messages and lossy downloads, too few to measure speed. */
@Timeout(90)
class SmallBenchIT {

    @TempDir
    private Path directory;

    /** @return the values of the results, by name */
    private List<String> bench(final String only) throws Exception {
        final Path json = directory.resolve("results.json");
        try (Launcher bench =
                Launcher.start("bench", "--quick", "--runs=1", "--mib=1", "--only=" + only, "--json=" + json)) {
            assertThat(bench.exitStatus()).as(bench::errors).isZero();
        }
        final List<String> names = new ArrayList<>();
        for (final JsonElement element :
                JsonParser.parseString(Files.readString(json)).getAsJsonArray()) {
            assertThat(element.getAsJsonObject().get("value").getAsDouble()).isPositive();
            names.add(element.getAsJsonObject().get("workload").getAsString());
        }
        return names;
    }

    @Test
    void exchangesConnectionsAndPings() throws Exception {
        assertThat(bench("^(rr-16|crr|ping)$"))
                .containsExactly(
                        "request/response, 16 connections, callback",
                        "request/response, 16 connections, blocking",
                        "connect-request-close, callback",
                        "connect-request-close, blocking",
                        "ping");
    }

    @Test
    void idle() throws Exception {
        assertThat(bench("^idle$")).containsExactly("idle", "idle, 100 connections");
    }

    @Test
    void httpBesideNginx() throws Exception {
        assumeTrue(installed("nginx") && installed("wrk"), "nginx and wrk are installed");
        assertThat(bench("^http$")).containsExactly("HTTP, 1 KiB, 16 connections", "HTTP, 1 KiB, median latency");
    }

    /**
     * Bytes arrive over the cable between two kernels, and over it and the bare TAP the right ones are retransmitted.
     */
    @Test
    @EnabledIfSystemProperty(named = "tapstack.slow", matches = "true")
    void downloadsWithLoss() throws Exception {
        assertThat(bench("^loss-(20ms|tap)-reno$"))
                .containsExactly("1 % loss, 20 ms, reno", "1 % loss, 20 ms, reno, 8 flows", "1 % loss, bare TAP, reno");
    }

    private static boolean installed(final String program) {
        return List.of("/usr/bin/", "/usr/sbin/").stream().anyMatch(bin -> Files.isExecutable(Path.of(bin + program)));
    }
}
