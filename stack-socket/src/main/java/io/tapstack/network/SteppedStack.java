package io.tapstack.network;

import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.WaitPoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stack in virtual time, and its lock, which is that of all stacks of the network. */
final class SteppedStack implements HostRunner, StackLock {

    private final NetworkStack stack;
    private final LockStep steps;
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<Runnable> endListeners = new ArrayList<>();
    private volatile @Nullable Throwable failure;
    private boolean ended;

    SteppedStack(final NetworkStack stack, final LockStep steps) {
        this.stack = stack;
        this.steps = steps;
    }

    // ---- Of the steps

    /** @return true if there may be more to do at once */
    boolean poll(final long now) {
        try {
            boolean more = stack.poll(now);
            for (int tasks = deferred.size(); tasks > 0; tasks--) {
                more = true;
                deferred.remove().run();
            }
            return more;
        } catch (final IOException | RuntimeException | Error e) {
            failure = e;
            end();
            return false;
        }
    }

    boolean isPollWanted(final long now) {
        return !deferred.isEmpty() || stack.isPollWanted() || stack.device().nextEvent() <= now;
    }

    long nextEvent() {
        return Math.min(stack.nextDeadline(), stack.device().nextEvent());
    }

    private void end() {
        if (ended) {
            return;
        }
        steps.remove(this);
        stack.close(steps.now());
        ended = true;
        endListeners.forEach(Runnable::run);
        deferred.forEach(Runnable::run);
        stack.device().close();
    }

    // ---- The runner

    @Override
    public StackLock stackLock() {
        return this;
    }

    @Override
    public void start() {
        steps.enter();
        try {
            steps.add(this);
        } finally {
            steps.exit();
        }
    }

    @Override
    public void close() {
        steps.enter();
        try {
            end();
        } finally {
            steps.exit();
        }
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    // ---- The lock

    @Override
    public void lock() {
        steps.enter();
    }

    @Override
    public void unlock() {
        steps.exit();
    }

    @Override
    public long now() {
        return steps.now();
    }

    @Override
    public WaitPoint waitPoint() {
        return steps.waitPoint();
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void defer(final Runnable task) {
        if (ended) {
            task.run();
        } else {
            deferred.add(task);
        }
    }

    @Override
    public void whenEnded(final Runnable listener) {
        if (ended) {
            listener.run();
        } else {
            endListeners.add(listener);
        }
    }
}
