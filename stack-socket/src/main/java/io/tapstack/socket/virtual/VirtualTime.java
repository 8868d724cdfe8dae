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
 * wait) to the next when somebody {@linkplain #run lets it go on}. Those who make calls are {@link Party parties}.
 * While one of them is in a call and does not wait, no time passes; and when a call that had to wait is over, none
 * passes until that party's next call, so that everybody sees things at the time at which they happen.
 *
 * <p>If all parties wait in calls of their own, nobody is left who could let time go on. After {@link #PATIENCE_NANOS}
 * of real time it then goes on by itself, until a wait is over.
 *
 * <p>Any thread may call, but only a thread that makes a call for a party may wait: the wait of another one gets an
 * {@link IllegalStateException}, since time would not stand still for it. The stacks are polled by whoever is inside.
 */
public final class VirtualTime implements StackLock {

    /** Real time that somebody may take to join in before time goes on by itself. */
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
     * Time that goes on at once when it may.
     *
     * @param startNanos the time at the start
     */
    public VirtualTime(final long startNanos) {
        this(startNanos, 0, PATIENCE_NANOS);
    }

    /**
     * The same, with some patience.
     *
     * @param hesitationNanos of real time, in which nobody may have done anything before time goes on: parties in other
     *     processes start their calls at the same time as somebody lets time go on, and should be heard first
     * @param patienceNanos {@link #PATIENCE_NANOS}, or less if it is known that nobody else will join in
     */
    public VirtualTime(final long startNanos, final long hesitationNanos, final long patienceNanos) {
        this.hesitationNanos = hesitationNanos;
        this.patienceNanos = patienceNanos;
        this.now = startNanos;
    }

    /** One more stack that has this time; it is used under the stack's lock only, from now on. */
    public void add(final Pollable stack) {
        lock.lock();
        stacks.add(stack);
        lock.unlock();
    }

    /** Somebody who makes calls from now on. */
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

    /** True while time stands still for somebody's next call. */
    public boolean isHeld() {
        lock.lock();
        try {
            return parties.isAnybodyHolding();
        } finally {
            lock.unlock();
        }
    }

    /** Has the stacks do what is to be done at this very time. */
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
     * Lets time go on, as far as nobody holds it, until {@code done} or {@code untilNanos}, or, if that is
     * {@link WaitPoint#NEVER}, until nothing will happen any more. A party that calls this has to be in a call.
     *
     * @param done asked inside, after each event
     * @return whether it was {@code done}
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
                if (parties.isAnybodyActive()) {
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

    /** To the next event, or {@code limitNanos}. */
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
            // What one has sent may have come in at another, which was polled before.
            more |= stack.isPollWanted() || stack.device().nextEvent() <= now;
        }
        return more;
    }

    private static void requireProgress(final int steps) {
        if (steps > MAX_STEPS_AT_ONCE) {
            throw new IllegalStateException("time stands still: there is always more to do");
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
        // It never is.
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
                // What the call has caused may end the wait already.
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
                final boolean goOn = !over && isNobodyLeft() && nextEvent() != WaitPoint.NEVER;
                if (goOn) {
                    step(WaitPoint.NEVER);
                }
                nanos = goOn ? Math.min(1_000_000, patienceNanos) : patienceNanos;
            }
        }

        /** True if for some while nobody has been there who could do anything, or let time go on. */
        private boolean isNobodyLeft() {
            return parties.isEverybodyWaiting() && parties.idleNanos() > patienceNanos;
        }

        /** From now on the party is active, so that time waits for it even before its thread has woken up. */
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
