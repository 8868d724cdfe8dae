package io.tapstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationTest {

    private final StringWriter out = new StringWriter();

    private boolean run(final Step... steps) throws Exception {
        return new Demonstration(new PrintWriter(out), List.of(steps)).run(() -> false);
    }

    private static Step shell(final String title, final String script) {
        return Step.of(title, "key", output -> output.contains("good"), "sh", "-c", script);
    }

    @Test
    void showsCommandAndKeyLine() throws Exception {
        assertThat(run(shell("first", "echo noise; echo key and good"))).isTrue();
        assertThat(out.toString())
                .contains("✔ first\n    $ sh -c 'echo noise; echo key and good'\n      key and good\n")
                .contains("✔ all is right")
                .doesNotContain("  noise");
    }

    @Test
    void oneFailureFailsAllAndShowsEverything() throws Exception {
        assertThat(run(
                        shell("bad output", "echo bad; echo details >&2"),
                        shell("bad status", "echo good; exit 3"),
                        Step.of("missing", "x", output -> true, "no-such-program-here"),
                        shell("last", "echo key good")))
                .isFalse();
        assertThat(out.toString())
                .contains("✘ bad output", "      bad\n      details\n", "✘ bad status", "(exit status 3)")
                .contains("✘ missing", "no-such-program-here is not installed", "✔ last", "✘ not all is right");
    }

    @Test
    void stops() throws Exception {
        final Demonstration demonstration =
                new Demonstration(new PrintWriter(out), List.of(shell("never", "echo good")));
        assertThat(demonstration.run(() -> true)).isFalse();
        assertThat(out.toString()).doesNotContain("never").contains("stopped");
    }

    @Test
    void aProgramThatHangsIsEnded() throws Exception {
        final Subprocess.Outcome outcome =
                Subprocess.run(List.of("sh", "-c", "echo begun; exec sleep 60"), Duration.ofMillis(300));
        assertThat(outcome.exitStatus()).isEqualTo(Subprocess.TIMED_OUT);
        assertThat(outcome.output()).isEqualTo("begun\n");
    }

    @Test
    void eachAddressIsShownTheSame(@TempDir final Path directory) throws Exception {
        final List<List<String>> commands = Demonstration.of(
                        new PrintWriter(out),
                        "tap0",
                        List.of(InetAddress.getByName("10.0.0.2"), InetAddress.getByName("2001:db8::2")),
                        8080,
                        "f",
                        "0",
                        directory)
                .steps()
                .stream()
                .map(Step::command)
                .toList();
        assertThat(commands)
                .filteredOn(command -> command.get(0).equals("ping"))
                .hasSize(4);
        assertThat(commands)
                .filteredOn(command -> command.contains("-6"))
                .allSatisfy(command -> assertThat(command).endsWith("2001:db8::2"));
        assertThat(commands)
                .filteredOn(command -> command.get(0).equals("curl"))
                .extracting(command -> command.get(command.size() - 1))
                .containsExactly(
                        "http://10.0.0.2:8080/f",
                        "http://10.0.0.2:8080/f",
                        "http://[2001:db8::2]:8080/f",
                        "http://[2001:db8::2]:8080/f");
    }

    @Test
    void scansMustNotSayFiltered(@TempDir final Path directory) throws Exception {
        final Demonstration demonstration = Demonstration.of(
                new PrintWriter(out),
                "tap0",
                List.of(InetAddress.getByName("10.0.0.2"), InetAddress.getByName("2001:db8::2")),
                80,
                "f",
                "0",
                directory);
        final Step scan = demonstration.steps().stream()
                .filter(step -> step.command().contains("-sS"))
                .findFirst()
                .orElseThrow();
        assertThat(scan.command()).containsSequence("-p", "79-81", "10.0.0.2");
        assertThat(scan.good().test("79/tcp closed finger\n80/tcp open http\n81/tcp closed x"))
                .isTrue();
        assertThat(scan.good().test("79/tcp filtered finger\n80/tcp open http\n81/tcp closed x"))
                .isFalse();
        assertThat(scan.good().test("79/tcp closed finger\n80/tcp closed http\n81/tcp closed x"))
                .isFalse();
    }
}
