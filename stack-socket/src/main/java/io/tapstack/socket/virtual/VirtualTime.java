package io.tapstack.socket.virtual;

import io.tapstack.stack.Pollable;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.WaitPoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lock of stacks whose time is virtual: it stands still, and jumps from one event (a timer, a frame, the end of a
 * wait) to the next when a thread {@linkplain #run lets it run}. A thread that makes calls does so for a {@link Party}.
 * No time passes while a party is in a call that does not wait, nor after a call that had to wait until that party's
 * next call, so that each party sees an event at the time of the event.
 *
 * <p>If all parties wait in calls of their own, no thread is left to let time run. After {@link #PATIENCE_NANOS} of
 * real time it then runs by itself, until a wait ends.
 *
 * <p>Any thread may call, but only a thread that makes a call for a party may wait: the wait of another one gets an
 * {@link IllegalStateException}, since time would not stand still for it. The thread that holds the lock polls the
 * stacks.
 */
public final class VirtualTime implements StackLock {

    /** Real time for another party to join before time runs by itself. */
    public static final long PATIENCE_NANOS = 250_000_000L;

    private static final int MAX_STEPS_AT_ONCE = 100_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Parties parties = new Parties(lock.newCondition());
    private final List<Pollable> stacks = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final long hesitationNanos;
    private final long patienceNanos;
    private volatile long now;

    /**
     * Creates a time without hesitation.
     *
     * @param startNanos the time at the start
     */
    public VirtualTime(final long startNanos) {
        this(startNanos, 0, PATIENCE_NANOS);
    }

    /**
     * Creates a time with a hesitation.
     *
     * @param hesitationNanos real time without a call of any party before time runs: parties in other processes, whose
     *     calls begin at the same time as the run, should be heard first
     * @param patienceNanos {@link #PATIENCE_NANOS}, or less if no other party will join
     */
    public VirtualTime(final long startNanos, final long hesitationNanos, final long patienceNanos) {
        this.hesitationNanos = hesitationNanos;
        this.patienceNanos = patienceNanos;
        this.now = startNanos;
    }

    /** Adds a stack to this time; from now on it is used with the lock held only. */
    public void add(final Pollable stack) {
        lock.lock();
        stacks.add(stack);
        lock.unlock();
    }

    /** Adds a party, which makes calls from now on. */
    public Party join() {
        lock.lock();
        try {
            final Party party = new Party(this, parties);
            parties.add(party);
            return party;
        } finally {
            lock.unlock();
        }
    }

    /** True while time stands still for a party's next call. */
    public boolean isHeld() {
        lock.lock();
        try {
            return parties.isAnyHolding();
        } finally {
            lock.unlock();
        }
    }

    /** Polls the stacks until nothing is left to do at the present time. */
    public void settle() {
        lock.lock();
        try {
            for (int step = 0; poll(); step++) {
                requireProgress(step);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets time run, as far as no party holds it, until {@code done} or {@code untilNanos}, or, if that is
     * {@link WaitPoint#NEVER}, until no event is left. A party that calls this must be in a call.
     *
     * @param done asked with the lock held, after each event
     * @return true if it was {@code done}
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean run(final BooleanSupplier done, final long untilNanos) throws InterruptedException {
        lock.lock();
        final Party driver = parties.ofThisThread();
        try {
            if (driver != null) {
                driver.drives();
            }
            settle();
            while (!done.getAsBoolean()) {
                if (parties.isAnyActive()) {
                    parties.awaitChange(patienceNanos);
                } else if (now >= untilNanos || Math.min(untilNanos, nextEvent()) == WaitPoint.NEVER) {
                    return false;
                } else if (parties.idleNanos() < hesitationNanos) {
                    parties.awaitChange(hesitationNanos - parties.idleNanos());
                } else {
                    step(untilNanos);
                }
            }
            return true;
        } finally {
            if (driver != null) {
                driver.goesOn();
            }
            lock.unlock();
        }
    }

    /** Moves to the next event, or to {@code limitNanos}. */
    private void step(final long limitNanos) {
        now = Math.max(now, Math.min(limitNanos, nextEvent()));
        for (final Waiter waiter : List.copyOf(waiters)) {
            if (waiter.deadline <= now) {
                waiter.end(false);
            }
        }
        settle();
    }

    private long nextEvent() {
        long next = WaitPoint.NEVER;
        for (final Pollable stack : stacks) {
            next = Math.min(next, Math.min(stack.nextDeadline(), stack.device().nextEvent()));
        }
        for (final Waiter waiter : waiters) {
            next = Math.min(next, waiter.deadline);
        }
        return next;
    }

    /** @return true if there may be more to do */
    private boolean poll() {
        boolean more = false;
        try {
            for (final Pollable stack : stacks) {
                more |= stack.poll(now);
            }
        } catch (final IOException e) {
            throw new IllegalStateException("a device of virtual time has failed", e);
        }
        for (int tasks = deferred.size(); tasks > 0; tasks--) {
            more = true;
            deferred.remove().run();
        }
        for (final Pollable stack : stacks) {
            // A frame of one stack may have arrived at another, which was polled before.
            more |= stack.isPollWanted() || stack.device().nextEvent() <= now;
        }
        return more;
    }

    private static void requireProgress(final int steps) {
        if (steps > MAX_STEPS_AT_ONCE) {
            throw new IllegalStateException("virtual time cannot advance: the stacks always have more to do");
        }
    }

    // ---- The lock

    @Override
    public void lock() {
        lock.lock();
    }

    @Override
    public void unlock() {
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
    public boolean isEnded() {
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
    public void whenEnded(final Runnable listener) {
        // It never ends.
    }

    private final class Point implements WaitPoint {

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            final Party party = parties.ofThisThread();
            if (party == null) {
                throw new IllegalStateException(
                        "thread " + Thread.currentThread().getName()
                                + " would wait in virtual time, which does not know it: its calls have to be between begin()"
                                + " and end() of a Party (VirtualTime.join()), or in an activity of a MemoryNetwork"
                                + " (io.tapstack.network)");
            }
            final Waiter waiter = new Waiter(this, deadlineNanos, party);
            waiters.add(waiter);
            waiter.begin();
            try {
                // The effects of the call may end the wait at once.
                settle();
                if (!waiter.over && deadlineNanos > now) {
                    parties.active();
                    waiter.await();
                }
            } finally {
                waiter.leave();
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
        private final Party party;
        private final Condition ended = lock.newCondition();
        private boolean over;
        private boolean woken;

        Waiter(final Point point, final long deadline, final Party party) {
            this.point = point;
            this.deadline = deadline;
            this.party = party;
        }

        void begin() {
            party.waits();
        }

        void await() throws InterruptedException {
            party.hasToWait();
            long nanos = patienceNanos;
            while (!over) {
                ended.await(nanos, TimeUnit.NANOSECONDS);
                final boolean goOn = !over && isNoneLeft() && nextEvent() != WaitPoint.NEVER;
                if (goOn) {
                    step(WaitPoint.NEVER);
                }
                nanos = goOn ? Math.min(1_000_000, patienceNanos) : patienceNanos;
            }
        }

        /** True if for some time no party could do anything, or let time run. */
        private boolean isNoneLeft() {
            return parties.areAllWaiting() && parties.idleNanos() > patienceNanos;
        }

        /** The party is active from now on, so that time waits for it even before its thread has woken up. */
        void end(final boolean byWakeUp) {
            woken = byWakeUp;
            over = true;
            leave();
            ended.signal();
        }

        private void leave() {
            waiters.remove(this);
            party.goesOn();
        }
    }
}
