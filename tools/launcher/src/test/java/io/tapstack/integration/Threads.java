package io.tapstack.integration;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The other ends of a test's connections: threads beside the test's own, which are waited for. */
final class Threads implements AutoCloseable {

    private static final int LIMIT_SECONDS = 50;

    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        final Thread thread = new Thread(task, "integration-test");
        thread.setDaemon(true);
        return thread;
    });

    <T> Future<T> start(final Callable<T> task) {
        return executor.submit(task);
    }

    /** The result of a task; its exception is thrown here. */
    static <T> T result(final Future<T> future) throws Exception {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (final TimeoutException e) {
            throw new AssertionError("no end after " + LIMIT_SECONDS + " s", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
