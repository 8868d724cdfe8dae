package io.tapstack.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the host that runs until it is ended, in the test's network namespace. */
final class Daemon implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Daemon(final Process process, final Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a program whose output goes to {@code log}. */
    static Daemon start(final Path log, final String... command) throws IOException {
        final Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Daemon(process, log);
    }

    /** The output so far. */
    String output() throws IOException {
        return Files.readString(log);
    }

    /** The output so far, for the description of a failure. */
    String outputOrNothing() {
        try {
            return output();
        } catch (final IOException e) {
            return "";
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Ends it without a chance to say goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end, and waits. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
