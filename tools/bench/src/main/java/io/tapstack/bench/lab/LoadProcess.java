package io.tapstack.bench.lab;

import java.time.Duration;
import java.util.List;

/**
 * The process that puts load on servers: {@code io.tapstack.bench.part.Load}, kept for many runs so that its code is
 * warm.
 */
public final class LoadProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final Child process;

    LoadProcess(final Child process) {
        this.process = process;
    }

    /** Its process. */
    public Child process() {
        return process;
    }

    /**
     * Runs a command.
     *
     * @param words the command and its arguments, without blanks in them
     * @return the numbers of its answer; the first one is the time in nanoseconds
     * @throws BenchFailure with its message
     */
    public long[] ask(final Object... words) throws BenchFailure, InterruptedException {
        process.send(
                String.join(" ", List.of(words).stream().map(String::valueOf).toList()));
        final String answer = process.line(LIMIT);
        if (!answer.startsWith("ok ")) {
            throw new BenchFailure(answer);
        }
        return List.of(answer.substring(3).split(" ")).stream()
                .mapToLong(Long::parseLong)
                .toArray();
    }

    @Override
    public void close() {
        process.close();
    }
}
