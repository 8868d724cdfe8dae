package io.tapstack.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The benchmark's command line: its meaning, and one helpful line for each mistake. */
class BenchCommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... arguments) {
        final CommandLine line = Main.commandLine(link -> {
            throw new IOException("no network in this test");
        });
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench --only [",
                "bench --only nothing-of-that-name",
                "bench --runs 0",
                "bench --runs many",
                "bench --mib -1"
            })
    void mistakesAreOneLineAndStatus2(final String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("tapstack").contains("--help").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void benchListsWhatItMeasures() {
        assertThat(run("bench", "--list", "--only", "Bulk down, SENDFILE$")).isZero();
        assertThat(out.toString().lines()).hasSize(2).first().isEqualTo("bulk-sendfile");
        assertThat(out.toString()).contains("bulk down, sendfile (Gbit/s), beside kernel sendfile, veth");
    }

    @Test
    void benchNeedsTheLauncher() {
        assertThat(run("bench")).isEqualTo(1);
        assertThat(err.toString()).contains("bin/tapstack").hasLineCount(1);
    }
}
