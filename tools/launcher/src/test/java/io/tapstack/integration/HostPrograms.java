package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.demo.Subprocess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Programs of the host, run in the test's network namespace. */
final class HostPrograms {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private HostPrograms() {}

    /** Runs a program. Its exit status may be any. */
    static Subprocess.Outcome attempt(final String... command) throws IOException, InterruptedException {
        return Subprocess.run(List.of(command), LIMIT);
    }

    /**
     * Runs a program that must succeed.
     *
     * @return its output, with runs of blanks made one
     */
    static String run(final String... command) throws IOException, InterruptedException {
        final Subprocess.Outcome outcome = attempt(command);
        assertThat(outcome.exitStatus())
                .as("exit status of %s, which said:%n%s", String.join(" ", command), outcome.output())
                .isZero();
        return outcome.output().replaceAll("[ \\t]+", " ");
    }

    /** Runs a script of bash in which every command, also inside a pipe, must succeed. */
    static String script(final String text) throws IOException, InterruptedException {
        return run("bash", "-euo", "pipefail", "-c", text);
    }
}
