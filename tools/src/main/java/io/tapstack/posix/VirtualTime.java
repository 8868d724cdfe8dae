package io.tapstack.posix;

import io.tapstack.stack.Door;
import io.tapstack.stack.Pollable;
import io.tapstack.stack.WaitPoint;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The door of a stack whose time is virtual: it stands still, and jumps from one event (a timer, the end of a wait) to the next when somebody
 * {@linkplain #run lets it go on}. Those who make calls are {@link Party parties}. While one of them is in a call and does not wait, no time
 * passes; and when a call that had to wait is over, none passes until that party's next call, so that everybody sees things at the time at
 * which they happen.
 *
 * <p>If all parties wait in calls of their own, nobody is left who could let time go on. After some patience, in real time, it then goes on by
 * itself, until a wait is over.
 *
 * <p>Any thread may call. The stack is polled by whoever is inside.
 */
public final class VirtualTime implements Door {

    /** Real time that somebody may take to join in before time goes on by itself. */
    public static final long PATIENCE_MILLIS = 250;

    /** Real time after which a party that makes no further call is not waited for any more: its thread has gone its way. */
    static final long FORGOTTEN_MILLIS = 5_000;

    private static final int MAX_STEPS_AT_ONCE = 100_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Deque<Runnable> deferred = new ArrayDeque<>();
    private final List<Party> parties = new ArrayList<>();
    private final Map<Thread, Party> inCall = new HashMap<>();
    private final Pollable stack;
    private final long hesitationNanos;
    private final long patienceMillis;
    private volatile long now;

    // In real time: when somebody did something last.
    private long activeAt;

    /** What a party does. */
    private enum Doing {
        /** Nothing: it is between two calls. */
        NOTHING,
        /** It is in a call. */
        CALLING,
        /** It waits in a call. */
        WAITING,
        /** It lets time go on. */
        DRIVING,
        /** It had to wait in its last call, and has not made another one. */
        HOLDING
    }

    /** One who makes calls, one at a time. */
    public final class Party {

        private Doing doing = Doing.NOTHING;
        private boolean hasWaited;
        private long heldSince;

        private Party() {}

        /** The calling thread makes a call for this party from now on. */
        public void begin() {
            lock.lock();
            try {
                doing = Doing.CALLING;
                hasWaited = false;
                inCall.put(Thread.currentThread(), this);
                active();
            } finally {
                lock.unlock();
            }
        }

        /** The call is over; whatever it has caused at this very time happens first. */
        public void end() {
            lock.lock();
            try {
                settle();
                inCall.remove(Thread.currentThread());
                doing = hasWaited ? Doing.HOLDING : Doing.NOTHING;
                heldSince = System.nanoTime();
                active();
            } finally {
                lock.unlock();
            }
        }

        /** There will be no more calls. */
        public void leave() {
            lock.lock();
            try {
                parties.remove(this);
                doing = Doing.NOTHING;
                active();
            } finally {
                lock.unlock();
            }
        }

        /** Time need not wait for this party's next call. */
        private void release() {
            if (doing == Doing.HOLDING) {
                doing = Doing.NOTHING;
            }
        }
    }

    /**
     * Time that goes on at once when it may.
     *
     * @param stack used inside this door only, from now on
     * @param startNanos the time at the start
     */
    public VirtualTime(final Pollable stack, final long startNanos) {
        this(stack, startNanos, 0, PATIENCE_MILLIS);
    }

    /**
     * The same, with some patience.
     *
     * @param hesitationNanos of real time, in which nobody may have done anything before time goes on: parties in other processes start their
     *     calls at the same time as somebody lets time go on, and should be heard first
     * @param patienceMillis of real time, {@link #PATIENCE_MILLIS} unless it is known that nobody else will join in
     */
    public VirtualTime(
            final Pollable stack, final long startNanos, final long hesitationNanos, final long patienceMillis) {
        this.stack = stack;
        this.hesitationNanos = hesitationNanos;
        this.patienceMillis = patienceMillis;
        this.now = startNanos;
    }

    /** Somebody who makes calls from now on. */
    public Party join() {
        lock.lock();
        try {
            final Party party = new Party();
            parties.add(party);
            active();
            return party;
        } finally {
            lock.unlock();
        }
    }

    /** True while time stands still for somebody's next call. */
    public boolean isHeld() {
        lock.lock();
        try {
            return parties.stream().anyMatch(party -> party.doing == Doing.HOLDING);
        } finally {
            lock.unlock();
        }
    }

    /** Has the stack do what is to be done at this very time. */
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
     * Lets time go on, as far as nobody holds it, until {@code done} or {@code untilNanos}. To be called by a party in a call.
     *
     * @param done asked inside, after each event
     * @return whether it was {@code done}
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean run(final BooleanSupplier done, final long untilNanos) throws InterruptedException {
        lock.lock();
        final Party driver = inCall.get(Thread.currentThread());
        try {
            doing(driver, Doing.DRIVING);
            settle();
            while (!done.getAsBoolean()) {
                if (isAnybodyActive()) {
                    awaitChange();
                } else if (now >= untilNanos) {
                    return false;
                } else if (System.nanoTime() - activeAt < hesitationNanos) {
                    changed.awaitNanos(hesitationNanos - (System.nanoTime() - activeAt));
                } else {
                    step(untilNanos);
                }
            }
            return true;
        } finally {
            doing(driver, Doing.CALLING);
            lock.unlock();
        }
    }

    private static void doing(final @Nullable Party party, final Doing what) {
        if (party != null) {
            party.doing = what;
        }
    }

    private void awaitChange() throws InterruptedException {
        changed.await(patienceMillis, TimeUnit.MILLISECONDS);
        final long since = System.nanoTime();
        for (final Party party : parties) {
            if (TimeUnit.NANOSECONDS.toMillis(since - party.heldSince) > FORGOTTEN_MILLIS) {
                party.release();
            }
        }
    }

    /** True while somebody may do something at this very time. */
    private boolean isAnybodyActive() {
        return parties.stream().anyMatch(party -> party.doing == Doing.CALLING || party.doing == Doing.HOLDING);
    }

    /** True if for some while nobody has been there who could do anything, or let time go on. */
    private boolean isDeadlocked() {
        return parties.stream().allMatch(party -> party.doing == Doing.WAITING)
                && System.nanoTime() - activeAt > TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    }

    private void active() {
        activeAt = System.nanoTime();
        changed.signalAll();
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
        long next = Math.min(stack.nextDeadline(), stack.device().nextEvent());
        for (final Waiter waiter : waiters) {
            next = Math.min(next, waiter.deadline);
        }
        return next;
    }

    /** @return true if there may be more to do */
    private boolean poll() {
        try {
            boolean more = stack.poll(now);
            for (int tasks = deferred.size(); tasks > 0; tasks--) {
                more = true;
                deferred.remove().run();
            }
            return more || stack.isPollWanted();
        } catch (final IOException e) {
            throw new IllegalStateException("a device of virtual time has failed", e);
        }
    }

    private static void requireProgress(final int steps) {
        if (steps > MAX_STEPS_AT_ONCE) {
            throw new IllegalStateException("time stands still: there is always more to do");
        }
    }

    // ---- The door

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

    private final class Point implements WaitPoint {

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            final Party party = inCall.get(Thread.currentThread());
            final Waiter waiter = new Waiter(this, deadlineNanos, party);
            waiters.add(waiter);
            doing(party, Doing.WAITING);
            try {
                // What the call has caused may end the wait already.
                settle();
                if (!waiter.over && deadlineNanos > now) {
                    active();
                    waiter.await();
                }
            } finally {
                waiters.remove(waiter);
                doing(party, Doing.CALLING);
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
        private final @Nullable Party party;
        private final Condition ended = lock.newCondition();
        private boolean over;
        private boolean woken;

        Waiter(final Point point, final long deadline, final @Nullable Party party) {
            this.point = point;
            this.deadline = deadline;
            this.party = party;
        }

        void await() throws InterruptedException {
            if (party != null) {
                party.hasWaited = true;
            }
            long millis = patienceMillis;
            while (!over) {
                ended.await(millis, TimeUnit.MILLISECONDS);
                final boolean goOn = !over && isDeadlocked() && nextEvent() != WaitPoint.NEVER;
                if (goOn) {
                    step(WaitPoint.NEVER);
                }
                millis = goOn ? Math.min(1, patienceMillis) : patienceMillis;
            }
        }

        /** From now on the party is active, so that time waits for it even before its thread has woken up. */
        void end(final boolean byWakeUp) {
            woken = byWakeUp;
            over = true;
            waiters.remove(this);
            doing(party, Doing.CALLING);
            ended.signal();
        }
    }
}
