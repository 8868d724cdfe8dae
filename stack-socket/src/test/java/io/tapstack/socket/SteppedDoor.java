package io.tapstack.socket;

import io.tapstack.stack.Door;
import io.tapstack.stack.Pollable;
import io.tapstack.stack.WaitPoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The door of stacks that run under virtual time. Time stands still while any of the {@linkplain #run threads it knows} can go on; when all
 * of them wait, it jumps to whatever comes next: a timer, a frame, or the end of a wait.
 */
final class SteppedDoor implements Door {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nobodyRuns = lock.newCondition();
    private final List<Pollable> stacks = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private int running;
    private volatile long now;

    void add(final Pollable stack) {
        stacks.add(stack);
    }

    /** Starts a thread that time waits for. */
    Thread run(final Runnable work) {
        enter();
        running++;
        exit();
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } finally {
                enter();
                stopped();
                exit();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Lets time pass until nothing will ever happen any more, or {@code untilNanos}. */
    void step(final long untilNanos) throws IOException, InterruptedException {
        enter();
        try {
            while (true) {
                while (running > 0) {
                    nobodyRuns.await();
                }
                if (!poll()) {
                    final long next = next();
                    if (next > untilNanos) {
                        now = untilNanos == WaitPoint.NEVER ? now : untilNanos;
                        return;
                    }
                    now = Math.max(now, next);
                    endWaits();
                }
            }
        } finally {
            exit();
        }
    }

    /** @return true if something may have happened */
    private boolean poll() throws IOException {
        boolean more = false;
        for (final Pollable stack : stacks) {
            more |= stack.poll(now);
        }
        while (!deferred.isEmpty()) {
            more = true;
            deferred.remove().run();
        }
        return more || running > 0;
    }

    private long next() {
        long next = WaitPoint.NEVER;
        for (final Pollable stack : stacks) {
            next = Math.min(next, Math.min(stack.nextDeadline(), stack.device().nextEvent()));
        }
        for (final Waiter waiter : waiters) {
            next = Math.min(next, waiter.deadline);
        }
        return next;
    }

    private void endWaits() {
        for (final Waiter waiter : List.copyOf(waiters)) {
            if (waiter.deadline <= now) {
                waiter.end(false);
            }
        }
    }

    private void stopped() {
        if (--running == 0) {
            nobodyRuns.signal();
        }
    }

    @Override
    public void enter() {
        lock.lock();
    }

    @Override
    public void exit() {
        lock.unlock();
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public WaitPoint waitPoint() {
        return new SteppedPoint();
    }

    @Override
    public boolean isShut() {
        return false;
    }

    @Override
    public @Nullable Throwable failure() {
        return null;
    }

    @Override
    public void defer(final Runnable task) {
        deferred.add(task);
    }

    @Override
    public void whenShut(final Runnable listener) {
        // It never is.
    }

    private final class SteppedPoint implements WaitPoint {

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            final Waiter waiter = new Waiter(this, deadlineNanos);
            waiters.add(waiter);
            stopped();
            while (waiters.contains(waiter)) {
                waiter.ended.await();
            }
            return waiter.woken;
        }

        @Override
        public void wakeAll() {
            for (final Waiter waiter : List.copyOf(waiters)) {
                if (waiter.point == this) {
                    waiter.end(true);
                }
            }
        }
    }

    private final class Waiter {

        private final SteppedPoint point;
        private final long deadline;
        private final Condition ended = lock.newCondition();
        private boolean woken;

        Waiter(final SteppedPoint point, final long deadline) {
            this.point = point;
            this.deadline = deadline;
        }

        /** From now on the thread counts as running, so that time waits for it even before it has woken up. */
        void end(final boolean byWakeUp) {
            woken = byWakeUp;
            waiters.remove(this);
            running++;
            ended.signal();
        }
    }
}
