package io.tapstack.bench.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs during a measurement. It never outlives this process: it ends with {@link #close()}, and is
 * killed (PR_SET_PDEATHSIG) when the thread that started it ends, which has to be a lasting one.
 */
public final class Child implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(2);
    private static final String END_OF_OUTPUT = "\0end";

    private final String name;
    private final Process process;
    private final Path errors;
    private final PrintWriter input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(final String name, final Process process, final Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        final Thread reader = new Thread(this::readLines, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a program.
     *
     * @param name of the program in messages
     * @param errors a file for its stderr
     */
    static Child start(final String name, final List<String> command, final Path errors) throws BenchFailure {
        final List<String> bound = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        bound.addAll(command);
        try {
            final ProcessBuilder builder = new ProcessBuilder(bound).redirectError(errors.toFile());
            builder.environment().put("LC_ALL", "C.UTF-8");
            return new Child(name, builder.start(), errors);
        } catch (final IOException e) {
            throw new BenchFailure("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    private void readLines() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (final IOException e) {
            // As at its end.
        }
        lines.add(END_OF_OUTPUT);
    }

    /** The process id of the program itself, which replaces the command that starts it. */
    public long pid() {
        return process.pid();
    }

    /** Writes a line to its stdin. */
    public void send(final String line) {
        input.println(line);
    }

    /**
     * The next line of its stdout.
     *
     * @throws BenchFailure if it ends instead, or writes no line within {@code limit}
     */
    public String line(final Duration limit) throws BenchFailure, InterruptedException {
        final String line = lines.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new BenchFailure(name + " says nothing for " + limit.toSeconds() + " s" + lastError());
        }
        if (line.equals(END_OF_OUTPUT)) {
            lines.add(END_OF_OUTPUT);
            throw new BenchFailure(name + " has ended" + lastError());
        }
        return line;
    }

    /**
     * All output to stdout until its end.
     *
     * @throws BenchFailure if that takes longer, or its exit status is not 0
     */
    public List<String> finish(final Duration limit) throws BenchFailure, InterruptedException {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new BenchFailure(name + " does not end within " + limit.toSeconds() + " s" + lastError());
        }
        final List<String> all = new ArrayList<>();
        for (String line = lines.take(); !line.equals(END_OF_OUTPUT); line = lines.take()) {
            all.add(line);
        }
        if (process.exitValue() != 0) {
            throw new BenchFailure(name + " has failed with status " + process.exitValue() + lastError());
        }
        return all;
    }

    /** The last line of its stderr, for messages. */
    private String lastError() {
        try {
            final List<String> all = Files.readAllLines(errors);
            return all.isEmpty() ? "" : ": " + all.get(all.size() - 1).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    /** Ends it: by SIGTERM, and after a while by SIGKILL. */
    @Override
    public void close() {
        process.destroy();
        boolean interrupted = false;
        try {
            if (process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (final InterruptedException e) {
            interrupted = true;
        }
        process.destroyForcibly().onExit().join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
