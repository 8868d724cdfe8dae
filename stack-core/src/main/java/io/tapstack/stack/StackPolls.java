package io.tapstack.stack;

import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Polls a stack for its driver and for application threads, one poll at a time, and runs the tasks that protocol work
 * has deferred.
 *
 * <p>An exception that an application's poll meets is the driver's to throw: the driver ends the stack. All methods are
 * called with the stack's lock held.
 */
final class StackPolls {

    private final Pollable stack;
    private final Clock clock;
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private boolean polling;
    private boolean ended;
    private boolean applicationPolled;
    private @Nullable Throwable failure;

    StackPolls(final Pollable stack, final Clock clock) {
        this.stack = stack;
        this.clock = clock;
    }

    /** The stack. */
    Pollable stack() {
        return stack;
    }

    /** True while an application thread may poll: the stack runs, and the caller is not called by it. */
    boolean isAllowed() {
        return !ended && !polling && failure == null;
    }

    /**
     * Polls once for an application, and marks that it did.
     *
     * @param comesBack true if the application polls again at once even if there is more to do; otherwise a poll that
     *     left something to do is not marked, as the driver must not wait for the next one
     * @return true if there may be more to do at once
     */
    boolean pollByApplication(final boolean comesBack) throws IOException {
        final boolean more = poll();
        applicationPolled = comesBack || !more;
        return more;
    }

    /** Ends a batch of frames that the holder of the lock has sent since the last poll. */
    void flush() {
        try {
            stack.flush();
        } catch (final RuntimeException | Error e) {
            failed(e);
        }
    }

    /** True if an application's poll is marked. */
    boolean hasApplicationPolled() {
        return applicationPolled;
    }

    /** Removes the mark of an application's poll. */
    void clearApplicationPolled() {
        applicationPolled = false;
    }

    /** Keeps what an application's poll threw, for the driver. */
    void failed(final Throwable cause) {
        failure = cause;
    }

    /**
     * Polls once for the driver, and runs the tasks that were deferred until now.
     *
     * @return true if there may be more to do at once
     * @throws IOException what this poll or an application's threw, likewise unchecked exceptions: the stack ends
     */
    boolean pollByDriver() throws IOException {
        final Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException bug) {
            throw bug;
        }
        if (thrown != null) {
            throw (IOException) thrown;
        }
        final boolean more = poll();
        return runDeferred() ? more || isPollNeeded() : more;
    }

    private boolean poll() throws IOException {
        polling = true;
        try {
            return stack.poll(clock.nanoTime());
        } finally {
            polling = false;
        }
    }

    /** @return true if there was a task */
    private boolean runDeferred() {
        final int tasks = deferred.size();
        polling = true;
        try {
            for (int i = 0; i < tasks; i++) {
                deferred.remove().run();
            }
        } finally {
            polling = false;
        }
        return tasks > 0;
    }

    /** Runs {@code task} after the driver's next poll; at once if the stack has ended. */
    void defer(final Runnable task) {
        if (ended) {
            task.run();
        } else {
            deferred.add(task);
        }
    }

    /** True if there is work that neither a frame nor a timer announces. */
    boolean isPollNeeded() {
        return !deferred.isEmpty() || stack.isPollWanted();
    }

    /** True if there is work that only the driver does: deferred tasks, and to end a stack that failed. */
    boolean isDriverNeeded() {
        return failure != null || !deferred.isEmpty();
    }

    /** True once the stack has ended. */
    boolean isEnded() {
        return ended;
    }

    /** The stack has ended: adds the deferred tasks to {@code tasks}, and defers none from now on. */
    void end(final List<Runnable> tasks) {
        ended = true;
        tasks.addAll(deferred);
        deferred.clear();
    }
}
