package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.measure.Budget;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Measurement;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole benchmark, with transfers too small to measure speed. */
@Timeout(60)
class BenchIT {

    @TempDir
    private Path directory;

    private final List<String> order = new ArrayList<>();

    @Test
    void measuresAndReports() throws Exception {
        final Path json = directory.resolve("results.json");
        final Path plot = directory.resolve("results.png");
        final List<String> table = new ArrayList<>();
        try (Launcher bench = Launcher.start(
                "bench",
                "--quick",
                "--runs=2",
                "--mib=3",
                "--only=bulk down, sendfile(, of the limit|, CPU)?$|bulk up$|raw TAP",
                "--json=" + json,
                "--plot=" + plot)) {
            for (String line = bench.line(); line != null; line = bench.line()) {
                table.add(line);
            }
            assertThat(bench.exitStatus()).as(bench::errors).isZero();
        }
        assertThat(table).anyMatch(line -> line.matches("bulk up +Gbit/s .* x .*"));
        final List<JsonElement> results =
                JsonParser.parseString(Files.readString(json)).getAsJsonArray().asList();
        assertThat(results)
                .extracting(result -> result.getAsJsonObject().get("workload").getAsString())
                .containsExactly(
                        "bulk down, sendfile",
                        "bulk down, sendfile, of the limit",
                        "bulk down, sendfile, CPU",
                        "raw TAP, frames of 1500 bytes",
                        "bulk up");
        for (final JsonElement element : results) {
            final JsonObject result = element.getAsJsonObject();
            assertThat(result.get("runs").getAsInt()).isEqualTo(2);
            final double value = result.get("value").getAsDouble();
            assertThat(result.get("min").getAsDouble()).isLessThanOrEqualTo(value);
            assertThat(result.get("max").getAsDouble()).isGreaterThanOrEqualTo(value);
            if (result.get("unit").getAsString().equals("Gbit/s")) { // CPU time may be less than a clock tick
                assertThat(value).isPositive();
                assertThat(result.get("ratio").getAsDouble())
                        .isEqualTo(value / result.get("referenceValue").getAsDouble());
            }
        }
        assertThat(plot).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void leavesNothingBehind(final String signal) throws Exception {
        try (Launcher bench = Launcher.start("bench", "--runs=1000", "--mib=1", "--only=bulk down, mmap$")) {
            final ProcessHandle process = ProcessHandle.of(bench.pid()).orElseThrow();
            Awaitility.await("two servers and the load")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> process.descendants()
                                    .filter(child ->
                                            child.info().command().orElse("").endsWith("/java"))
                                    .count()
                            == 3);
            final List<ProcessHandle> children = process.descendants().toList();
            bench.signal(signal);
            assertThat(bench.exitStatus()).isNotZero();
            assertThat(bench.errors().lines().filter(line -> !line.contains("busy")))
                    .as("progress, and no word on what the signal broke")
                    .containsExactly("tapstack bench: bulk-mmap (1 of 1)");
            Awaitility.await("all are gone").until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void whatCannotBeMeasuredIsOneLine() throws Exception {
        try (Launcher bench = Launcher.start("bench", "--only=no such thing")) {
            assertThat(bench.exitStatus()).isEqualTo(2);
            assertThat(bench.errors()).contains("no such thing", "--list").hasLineCount(1);
        }
        try (Launcher bench = Launcher.start("bench", "--json=" + directory + "/no/such/directory/file")) {
            assertThat(bench.exitStatus()).isEqualTo(1);
            assertThat(bench.errors()).contains("--json").hasLineCount(1);
        }
    }

    private Subject subject(final String name, final boolean good) {
        return new Subject(name, lab -> new Trial() {

            @Override
            public void verify() throws BenchFailure {
                order.add(name + " verify");
                if (!good) {
                    throw new BenchFailure("the bytes are wrong");
                }
            }

            @Override
            public Sample run() {
                order.add(name);
                return Sample.of(Metric.RATE, order.size());
            }

            @Override
            public void close() {
                order.add(name + " close");
            }
        });
    }

    private static Workload workload(final Subject... subjects) {
        return new Workload(
                "test",
                List.of(subjects),
                List.of(Comparison.of("ours", Metric.RATE, subjects[0].name(), subjects[1].name(), Target.NONE)));
    }

    @Test
    void subjectsTakeTurns() throws Exception {
        try (Lab lab = Lab.open(Scale.QUICK.withRuns(2).withMebibytes(1))) {
            final List<Finding> findings = measure(workload(subject("a", true), subject("b", true)), lab);
            assertThat(order)
                    .containsExactly("a verify", "b verify", "a", "b", "a", "b", "a", "b", "b close", "a close");
            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.result().value()).isEqualTo((5 + 7) / 2.0);
                assertThat(finding.result().referenceValue()).isEqualTo((6 + 8) / 2.0);
                assertThat(finding.result().runs()).isEqualTo(2);
            });
        }
    }

    @Test
    void aFailedCheckSaysWhose() throws Exception {
        try (Lab lab = Lab.open(Scale.QUICK.withMebibytes(1))) {
            assertThatThrownBy(() -> measure(workload(subject("a", true), subject("b", false)), lab))
                    .isInstanceOf(BenchFailure.class)
                    .hasMessage("test, b: the bytes are wrong");
            assertThat(order).endsWith("b verify", "b close", "a close");
        }
        Awaitility.await("nothing runs")
                .until(() -> ProcessHandle.current()
                        .descendants()
                        .noneMatch(child -> child.info().command().orElse("").endsWith("/cat")));
    }

    private static List<Finding> measure(final Workload workload, final Lab lab)
            throws IOException, InterruptedException {
        final Budget budget = Budget.of(Duration.ZERO, List.of(workload), System::nanoTime);
        return Measurement.run(workload, lab, what -> {}, budget.next(workload));
    }
}
