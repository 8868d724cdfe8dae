package io.tapstack.stack;

import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a stack that has a driver. A thread that releases it, or waits, first calls the driver back if it leaves
 * work for it ({@link DriverState}).
 *
 * <p>The lock is unfair, because a handover to a sleeping thread costs more than most holders take. The driver alone
 * could keep the others out, as it takes the lock again after every turn; it therefore {@linkplain #giveWay() gives
 * way}.
 */
final class DriverLock implements StackLock {

    /** Longest time that the driver waits for the next holder to wake up: several times what a wake-up takes. */
    private static final long GIVE_WAY_NANOS = 200_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final StackPolls polls;
    private final DriverState driver;
    private final Clock clock;
    private final DeviceWatch watch;
    private final List<Runnable> endListeners = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    /** @param watchNanos longest look of an application's thread at the device, 0 for none */
    DriverLock(final StackPolls polls, final DriverState driver, final Clock clock, final long watchNanos) {
        this.polls = polls;
        this.driver = driver;
        this.clock = clock;
        this.watch = new DeviceWatch(lock, polls, clock, watchNanos);
    }

    @Override
    public void lock() {
        lock.lock();
    }

    @Override
    public void unlock() {
        if (lock.getHoldCount() == 1) {
            polls.flush();
            driver.callIfNeeded();
        }
        lock.unlock();
    }

    @Override
    public void drive() {
        if (!polls.isAllowed()) {
            return;
        }
        try {
            polls.pollByApplication(false);
        } catch (final IOException | RuntimeException | Error e) {
            polls.failed(e);
        }
    }

    /** True if an application polls the stack in the driver's stead; called with the lock held. */
    boolean isDriven() {
        return polls.hasApplicationPolled() || watch.isWatched();
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
    public boolean isEnded() {
        return polls.isEnded();
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void defer(final Runnable task) {
        polls.defer(task);
    }

    @Override
    public void whenEnded(final Runnable listener) {
        if (polls.isEnded()) {
            listener.run();
        } else {
            endListeners.add(listener);
        }
    }

    /** True if a thread waits for the lock. */
    boolean isWaitedFor() {
        return lock.hasQueuedThreads();
    }

    /**
     * Waits until one of the threads that wait for the lock has it, or none waits. The driver calls it without the
     * lock, before it takes the lock again.
     */
    void giveWay() {
        giveWay(lock);
    }

    static void giveWay(final ReentrantLock lock) {
        if (!lock.hasQueuedThreads()) {
            return;
        }
        final long start = System.nanoTime();
        while (lock.hasQueuedThreads() && !lock.isLocked() && System.nanoTime() - start < GIVE_WAY_NANOS) {
            Thread.yield();
        }
    }

    /** Keeps what went wrong, before {@link #end}. */
    void failed(final Throwable cause) {
        failure = cause;
    }

    /**
     * The stack has ended; called once, with the lock held.
     *
     * @return what the driver runs now: the listeners, and then the deferred tasks
     */
    List<Runnable> end() {
        final List<Runnable> tasks = new ArrayList<>(endListeners);
        endListeners.clear();
        polls.end(tasks);
        return tasks;
    }

    /** A condition of the lock, which a thread in the middle of a bulk transfer need not sleep at. */
    final class ConditionPoint implements WaitPoint {

        private final Condition condition;

        // Changed with the lock held, read without it by a thread that watches the device.
        private volatile int wakes;

        // What the stack had moved at the last wait here.
        private long bytesMoved;

        // The bytes moved between waits, halved at each wait: a bulk transfer has small segments, too.
        private long bulkBytes;

        private ConditionPoint(final Condition condition) {
            this.condition = condition;
        }

        /** How often this point was woken; any thread. */
        int wakes() {
            return wakes;
        }

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            final long newBytes = polls.stack().bytesMoved() - bytesMoved;
            bytesMoved += newBytes;
            bulkBytes = bulkBytes / 2 + newBytes;
            if (bulkBytes > StackDriver.BULK_BYTES && watch.watch(this, deadlineNanos)) {
                return true;
            }
            if (driver.isAside() && !watch.isWatched()) {
                // The driver has to bring what this thread waits for.
                polls.clearApplicationPolled();
                driver.callFromAside();
            }
            polls.flush();
            driver.callIfNeeded();
            if (deadlineNanos == NEVER) {
                condition.await();
                return true;
            }
            return condition.awaitNanos(deadlineNanos - clock.nanoTime()) > 0;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // with the lock held
        public void wakeAll() {
            wakes++;
            condition.signalAll();
        }
    }
}
