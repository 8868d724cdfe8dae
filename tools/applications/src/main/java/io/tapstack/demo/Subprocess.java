package io.tapstack.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host, with a time limit. */
public final class Subprocess {

    /** The exit status of a program that exceeded the limit, as of timeout(1). */
    public static final int TIMED_OUT = 124;

    /** The exit status for a missing program, as of a shell. */
    public static final int NOT_FOUND = 127;

    /**
     * The result of a program.
     *
     * @param output of both of its streams
     */
    public record Outcome(int exitStatus, String output) {}

    private Subprocess() {}

    /**
     * Runs a program and waits for its end.
     *
     * @param limit time before it is killed
     */
    public static Outcome run(final List<String> command, final Duration limit)
            throws IOException, InterruptedException {
        // Into a file: a pipe would have to be read while the program runs.
        final Path output = Files.createTempFile("tapstack-demo", ".out");
        try {
            final Process process = start(command, output);
            try {
                if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    return new Outcome(process.exitValue(), read(output));
                }
                return new Outcome(TIMED_OUT, read(output));
            } finally {
                process.destroyForcibly();
            }
        } catch (final ProgramMissing e) {
            return new Outcome(NOT_FOUND, command.get(0) + " is not installed");
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static final class ProgramMissing extends IOException {

        private static final long serialVersionUID = 1L;

        ProgramMissing(final IOException cause) {
            super(cause);
        }
    }

    private static Process start(final List<String> command, final Path output) throws ProgramMissing {
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            return builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (final IOException e) {
            throw new ProgramMissing(e);
        }
    }

    private static String read(final Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }
}
