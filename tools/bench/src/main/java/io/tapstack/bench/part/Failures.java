package io.tapstack.bench.part;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Carries an exception from one thread to another. */
final class Failures {

    /** Something that may fail. */
    @FunctionalInterface
    interface Task {

        void run() throws IOException, InterruptedException;
    }

    private final AtomicReference<@Nullable IOException> first = new AtomicReference<>();

    /** Runs a task and keeps its exception. */
    void run(final Task task) {
        try {
            task.run();
        } catch (final IOException e) {
            first.compareAndSet(null, e);
        } catch (final InterruptedException e) {
            first.compareAndSet(null, new IOException("interrupted", e));
        }
    }

    /** Throws the first exception that was kept, if any. */
    void check() throws IOException {
        final IOException failure = first.get();
        if (failure != null) {
            throw failure;
        }
    }
}
