package io.tapstack.transport;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for connections, cheap enough for thousands that wait: virtual threads where the JVM has them (21 and newer),
 * otherwise platform threads with small stacks, kept for a minute for the next connection.
 */
public final class ConnectionThreads {

    private static final long STACK_BYTES = 256 * 1024;

    private ConnectionThreads() {}

    /** An executor that runs every task at once, on daemon threads. */
    public static ExecutorService create(final String name) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (final NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return platform(name); // an older JVM, or one where virtual threads are a preview
        }
    }

    private static ExecutorService platform(final String name) {
        final AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            final Thread thread = new Thread(null, task, name + '-' + number.incrementAndGet(), STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        });
    }
}
