package io.tapstack.stack;

import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The door of a stack that has a driver: a lock, and what the driver has to know about those who were inside while it slept.
 *
 * <p>The lock is unfair, because a handover to a sleeping thread costs more than most visits last. The one thread that could keep all others
 * out is the driver, which comes back at once after every turn; it therefore {@linkplain #giveWay() gives way}.
 */
final class DriverDoor implements Door {

    /** Longest time that the driver waits for a thread at the door to wake up: several times what a wake-up takes. */
    private static final long GIVE_WAY_NANOS = 200_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Pollable stack;
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<Runnable> shutListeners = new ArrayList<>();
    private volatile @Nullable Throwable failure;
    private boolean shut;

    // True from when the driver has decided to sleep until it is back inside, or was told to wake up.
    private boolean driverSleeps;
    private long driverSleepsUntil;

    private boolean polling;

    // An application has polled the stack since the driver asked last.
    private boolean driven;

    // What went wrong while an application polled; for the driver, who ends the stack.
    private @Nullable Throwable trouble;

    DriverDoor(final Pollable stack, final Clock clock) {
        this.stack = stack;
        this.clock = clock;
    }

    @Override
    public void enter() {
        lock.lock();
    }

    @Override
    public void exit() {
        if (lock.getHoldCount() == 1) {
            wakeDriverIfNeeded();
        }
        lock.unlock();
    }

    @Override
    public void drive() {
        if (shut || polling || trouble != null) {
            return;
        }
        try {
            // If there is more, it cannot wait for this thread's next call.
            driven = !poll();
        } catch (final IOException | RuntimeException | Error e) {
            trouble = e;
            stack.device().wakeup();
        }
    }

    /** One poll, by whoever is inside. @return true if there may be more to do at once */
    private boolean poll() throws IOException {
        polling = true;
        try {
            return stack.poll(clock.nanoTime());
        } finally {
            polling = false;
        }
    }

    /**
     * One poll by the driver.
     *
     * @return true if there may be more to do at once
     * @throws IOException what this poll or an application's threw, likewise unchecked exceptions: the stack's end
     */
    boolean pollByDriver() throws IOException {
        final Throwable thrown = trouble;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException bug) {
            throw bug;
        }
        if (thrown != null) {
            throw (IOException) thrown;
        }
        return poll();
    }

    /** True if an application has {@linkplain #drive() driven} the stack since the last time that the driver asked; called inside. */
    boolean wasDriven() {
        final boolean result = driven;
        driven = false;
        return result;
    }

    @Override
    public long now() {
        return clock.nanoTime();
    }

    @Override
    public WaitPoint waitPoint() {
        return new ConditionPoint(lock.newCondition());
    }

    @Override
    public boolean isShut() {
        return shut;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void defer(final Runnable task) {
        if (shut) {
            task.run();
        } else {
            deferred.add(task);
        }
    }

    @Override
    public void whenShut(final Runnable listener) {
        if (shut) {
            listener.run();
        } else {
            shutListeners.add(listener);
        }
    }

    /** The driver is about to sleep; called inside. Whoever leaves something for an earlier time wakes it. */
    void driverSleeps(final long untilNanos) {
        driverSleeps = true;
        driverSleepsUntil = untilNanos;
        stack.timers().watch(untilNanos);
    }

    /** The driver is back; called inside. */
    void driverAwake() {
        driverSleeps = false;
    }

    /**
     * Runs the tasks that were deferred until now; called by the driver, inside, between polls.
     *
     * @return true if there was anything to run, which may have left something to poll for
     */
    boolean runDeferred() {
        final int tasks = deferred.size();
        for (int i = 0; i < tasks; i++) {
            deferred.remove().run();
        }
        return tasks > 0;
    }

    /** True if tasks were deferred that have not run yet; asked inside. */
    boolean hasDeferred() {
        return !deferred.isEmpty();
    }

    /** True if somebody waits to come in. */
    boolean isWaitedFor() {
        return lock.hasQueuedThreads();
    }

    /**
     * Called by the driver, outside, before it comes in again: waits until one of those who were at the door is inside, or
     * nobody is there any more.
     */
    void giveWay() {
        if (!lock.hasQueuedThreads()) {
            return;
        }
        final long start = System.nanoTime();
        while (lock.hasQueuedThreads() && !lock.isLocked() && System.nanoTime() - start < GIVE_WAY_NANOS) {
            Thread.yield();
        }
    }

    /** Notes what went wrong, before {@link #shut}. */
    void failed(final Throwable cause) {
        failure = cause;
    }

    /** The stack has ended; called inside, once. */
    List<Runnable> shut() {
        shut = true;
        final List<Runnable> listeners = List.copyOf(shutListeners);
        shutListeners.clear();
        return listeners;
    }

    /** Before anybody leaves, for good or to wait. */
    private void wakeDriverIfNeeded() {
        if (driverSleeps && isDriverNeeded()) {
            driverSleeps = false;
            stack.device().wakeup();
        }
    }

    private boolean isDriverNeeded() {
        return !deferred.isEmpty()
                || stack.timers().isEarlierArmed()
                || stack.isPollWanted()
                || isBefore(stack.device().nextEvent(), driverSleepsUntil);
    }

    private static boolean isBefore(final long time, final long other) {
        return time != Long.MAX_VALUE && (other == Long.MAX_VALUE || time - other < 0);
    }

    /** A condition of the door's lock has all that {@link WaitPoint} asks for. */
    private final class ConditionPoint implements WaitPoint {

        private final Condition condition;

        ConditionPoint(final Condition condition) {
            this.condition = condition;
        }

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            wakeDriverIfNeeded();
            if (deadlineNanos == NEVER) {
                condition.await();
                return true;
            }
            return condition.awaitNanos(deadlineNanos - clock.nanoTime()) > 0;
        }

        @Override
        public void wakeAll() {
            condition.signalAll();
        }
    }
}
