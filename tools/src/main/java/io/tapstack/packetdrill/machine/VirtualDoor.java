package io.tapstack.packetdrill.machine;

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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The door of a stack in virtual time. Whoever owns it lets time pass, by {@link #runUntil}; time stands still while a {@linkplain #run thread
 * that makes a call} can go on, and while all of them wait it jumps to what comes next: a timer, or the end of a wait.
 */
final class VirtualDoor implements Door {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nobodyRuns = lock.newCondition();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<Runnable> whenShut = new ArrayList<>();
    private @Nullable Pollable stack;
    private boolean shut;
    private int running;
    private long now;

    /**
     * @param nowNanos the time at the start
     */
    VirtualDoor(final long nowNanos) {
        this.now = nowNanos;
    }

    void stack(final Pollable pollable) {
        stack = pollable;
    }

    /** Starts a thread that time waits for. */
    void run(final Runnable work) {
        enter();
        running++;
        exit();
        final Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        enter();
                        stopped();
                        exit();
                    }
                },
                "packetdrill-call");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Lets time pass until {@code untilNanos}, or until {@code enough} at a moment at which there is nothing left to do.
     */
    void runUntil(final long untilNanos, final BooleanSupplier enough) throws IOException, InterruptedException {
        enter();
        try {
            while (true) {
                while (running > 0) {
                    nobodyRuns.await();
                }
                if (poll()) {
                    continue;
                }
                if (enough.getAsBoolean()) {
                    return;
                }
                final long next = next();
                if (next > untilNanos) {
                    now = Math.max(now, untilNanos);
                    return;
                }
                now = Math.max(now, next);
                endWaits();
            }
        } finally {
            exit();
        }
    }

    /** @return true if something may have happened */
    private boolean poll() throws IOException {
        final Pollable polled = stack;
        boolean more = polled != null && polled.poll(now);
        while (!deferred.isEmpty()) {
            more = true;
            deferred.remove().run();
        }
        return more || running > 0 || polled != null && polled.isPollWanted();
    }

    private long next() {
        final Pollable polled = stack;
        long next = polled == null ? WaitPoint.NEVER : polled.nextDeadline();
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

    /** Ends the stack: nobody will wait any more. */
    void shut() {
        enter();
        shut = true;
        whenShut.forEach(Runnable::run);
        exit();
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
        return new Point();
    }

    @Override
    public boolean isShut() {
        return shut;
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
        whenShut.add(listener);
    }

    private final class Point implements WaitPoint {

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

        private final Point point;
        private final long deadline;
        private final Condition ended = lock.newCondition();
        private boolean woken;

        Waiter(final Point point, final long deadline) {
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
