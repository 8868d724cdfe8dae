package io.tapstack.stack;

import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a stack that has a driver: a lock, and what the driver has to know about those who were inside while it
 * slept.
 *
 * <p>The lock is unfair, because a handover to a sleeping thread costs more than most visits last. The one thread that
 * could keep all others out is the driver, which comes back at once after every turn; it therefore
 * {@linkplain #giveWay() gives way}.
 */
final class DriverLock implements StackLock {

    /**
     * Longest time that the driver waits for a thread that waits for the lock to wake up: several times what a wake-up
     * takes.
     */
    private static final long GIVE_WAY_NANOS = 200_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final Pollable stack;
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<Runnable> shutListeners = new ArrayList<>();
    private volatile @Nullable Throwable failure;
    private boolean shut;

    /** What the driver does while it is not inside. */
    private enum Rest {
        /** It comes inside by itself, and soon. */
        NONE,
        /** It looks at the device, and here. */
        LOOKING,
        /** It sleeps at the device. */
        ASLEEP,
        /** It looks or sleeps, and was called back inside. */
        CALLED
    }

    // Those who are inside call; the driver, outside, falls asleep.
    private final AtomicReference<Rest> rest = new AtomicReference<>(Rest.NONE);
    private long restsUntil;

    // The stack or its tasks are being run.
    private boolean running;

    // An application has polled the stack since the driver asked last.
    private boolean driven;

    // The driver has found it so, and leaves the device to applications for a while.
    private boolean aside;

    // An application's thread watches the device instead of waiting, only one at a time.
    private boolean watched;
    private final AdaptiveSpin watch;
    private final Runnable recallDriver;

    // What went wrong while an application polled; for the driver, who ends the stack.
    private @Nullable Throwable trouble;

    /**
     * @param watchNanos longest look of an application's thread at the device, 0 for none
     * @param recallDriver ends its standing aside
     */
    DriverLock(final Pollable stack, final Clock clock, final long watchNanos, final Runnable recallDriver) {
        this.stack = stack;
        this.clock = clock;
        this.watch = new AdaptiveSpin(watchNanos);
        this.recallDriver = recallDriver;
    }

    @Override
    public void lock() {
        lock.lock();
    }

    @Override
    public void unlock() {
        if (lock.getHoldCount() == 1) {
            callDriverIfNeeded();
        }
        lock.unlock();
    }

    @Override
    public void drive() {
        if (shut || running || trouble != null) {
            return;
        }
        try {
            // If there is more, it cannot wait for this thread's next call.
            driven = !poll();
        } catch (final IOException | RuntimeException | Error e) {
            trouble = e;
        }
    }

    /**
     * Instead of waiting at {@code point}, the calling thread polls the stack and looks at the device for as long as
     * that pays: what it waits for comes into its own hands, rather than by way of a driver who has to wake up, only to
     * wake up this thread.
     *
     * @return true if it was woken
     */
    private boolean watch(final ConditionPoint point, final long deadlineNanos) {
        final long budget = watch.budgetNanos();
        if (budget == 0 || shut || running || watched || trouble != null || lock.getHoldCount() > 1) {
            return false;
        }
        final int wakes = point.wakes;
        boolean goOn = true;
        watched = true;
        try {
            while (goOn) {
                driven = true;
                final boolean more = poll();
                goOn = point.wakes == wakes
                        && !isPollNeeded()
                        && !Thread.currentThread().isInterrupted()
                        && (deadlineNanos == WaitPoint.NEVER || clock.nanoTime() - deadlineNanos < 0)
                        && lookAtDevice(point, wakes, more ? 0 : budget)
                        && !shut;
            }
        } catch (final IOException | RuntimeException | Error e) {
            trouble = e;
        } finally {
            watched = false;
        }
        return point.wakes != wakes;
    }

    /**
     * Before somebody waits for what the driver has to bring: it must not go on standing aside, unless somebody watches
     * the device.
     */
    private void takeDriverFromAside() {
        if (aside && !watched) {
            driven = false;
            recallDriver();
        }
    }

    private void recallDriver() {
        aside = false;
        recallDriver.run();
    }

    /**
     * Steps outside and looks at the device. @return true if it has something, or {@code point} was woken; always if
     * there is no time to look
     */
    private boolean lookAtDevice(final ConditionPoint point, final int wakes, final long nanos) throws IOException {
        lock.unlock();
        try {
            if (nanos == 0) {
                giveWay();
                return true;
            }
            final long start = clock.nanoTime();
            boolean ready = stack.device().isReady();
            long looked = 0;
            while (!ready && looked < nanos) {
                Thread.yield();
                ready = stack.device().isReady() || point.wakes != wakes;
                looked = clock.nanoTime() - start;
            }
            watch.looked(looked, ready);
            return ready;
        } finally {
            lock.lock();
        }
    }

    /** One poll, by whoever is inside. @return true if there may be more to do at once */
    private boolean poll() throws IOException {
        running = true;
        try {
            return stack.poll(clock.nanoTime());
        } finally {
            running = false;
        }
    }

    /**
     * One poll by the driver, and the tasks that were deferred until now.
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
        final boolean more = poll();
        return runDeferred() ? more || isPollNeeded() : more;
    }

    /** @return true if there was any task */
    private boolean runDeferred() {
        final int tasks = deferred.size();
        running = true;
        try {
            for (int i = 0; i < tasks; i++) {
                deferred.remove().run();
            }
        } finally {
            running = false;
        }
        return tasks > 0;
    }

    /** Something was left that neither a frame nor a timer will announce. */
    private boolean isPollNeeded() {
        return !deferred.isEmpty() || stack.isPollWanted();
    }

    /**
     * True if an application polls the stack now, or has done so since the last time that the driver asked; called
     * inside.
     */
    boolean wasDriven() {
        aside = driven || watched;
        driven = false;
        return aside;
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
    public void whenEnded(final Runnable listener) {
        if (shut) {
            listener.run();
        } else {
            shutListeners.add(listener);
        }
    }

    /**
     * The driver is about to go and rest; called inside. Whoever leaves something for an earlier time calls it back.
     */
    void driverRests(final long untilNanos) {
        rest.set(Rest.LOOKING);
        restsUntil = untilNanos;
        stack.timers().watch(untilNanos);
    }

    /** True if the driver was called back from its rest; any thread. */
    boolean isDriverCalled() {
        return rest.get() == Rest.CALLED;
    }

    /**
     * The driver, outside, has looked for long enough. From now on it takes a system call to call it back.
     *
     * @return false if it was called back before that
     */
    boolean driverFallsAsleep() {
        return rest.compareAndSet(Rest.LOOKING, Rest.ASLEEP);
    }

    /** The driver is back; called inside. */
    void driverBack() {
        aside = false;
        rest.set(Rest.NONE);
    }

    /** True if somebody waits to come in. */
    boolean isWaitedFor() {
        return lock.hasQueuedThreads();
    }

    /**
     * Called by the driver, outside, before it comes in again: waits until one of those who waited for the lock is
     * inside, or nobody is there any more.
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

    /**
     * The stack has ended; called inside, once. @return what is to be run now: the listeners, and then the tasks that
     * were deferred
     */
    List<Runnable> shut() {
        shut = true;
        final List<Runnable> listeners = new ArrayList<>(shutListeners);
        listeners.addAll(deferred);
        shutListeners.clear();
        deferred.clear();
        return listeners;
    }

    /** Before anybody leaves, for good or to wait. */
    private void callDriverIfNeeded() {
        if (aside && (!deferred.isEmpty() || trouble != null)) {
            recallDriver(); // Nobody else does that.
        }
        final Rest now = rest.get();
        final boolean rests = now == Rest.LOOKING || now == Rest.ASLEEP;
        if (rests && isDriverNeeded() && rest.getAndSet(Rest.CALLED) == Rest.ASLEEP) {
            stack.device().wakeup();
        }
    }

    private boolean isDriverNeeded() {
        return trouble != null
                || stack.timers().isEarlierArmed()
                || isPollNeeded()
                || isBefore(stack.device().nextEvent(), restsUntil);
    }

    private static boolean isBefore(final long time, final long other) {
        return time != Long.MAX_VALUE && (other == Long.MAX_VALUE || time - other < 0);
    }

    /** A condition of the lock has all that {@link WaitPoint} asks for. */
    private final class ConditionPoint implements WaitPoint {

        private final Condition condition;

        // Those who watch the device look at it from outside; it is changed inside.
        private volatile int wakes;

        // What the stack had moved when somebody waited here last.
        private long bytesMoved;

        // What it has moved between the last waits, the latest counting most: in the midst of a transfer there are
        // small segments, too.
        private long bulkBytes;

        ConditionPoint(final Condition condition) {
            this.condition = condition;
        }

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            final long newBytes = stack.bytesMoved() - bytesMoved;
            bytesMoved += newBytes;
            bulkBytes = bulkBytes / 2 + newBytes;
            if (bulkBytes > StackDriver.BULK_BYTES && watch(this, deadlineNanos)) {
                return true;
            }
            takeDriverFromAside();
            callDriverIfNeeded();
            if (deadlineNanos == NEVER) {
                condition.await();
                return true;
            }
            return condition.awaitNanos(deadlineNanos - clock.nanoTime()) > 0;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // inside
        public void wakeAll() {
            wakes++;
            condition.signalAll();
        }
    }
}
