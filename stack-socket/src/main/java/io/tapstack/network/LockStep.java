package io.tapstack.network;

import io.tapstack.stack.WaitPoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time for ordinary threads. One thread runs at a time. When it waits in a call or ends, the next thread whose
 * wait is over continues, in the order in which the waits ended. When all wait, time jumps to the next event: a frame,
 * a timer or the end of a wait. So the program and the seed determine the order of all events, and a run can be
 * repeated (docs/decisions/0017-lock-step.md).
 *
 * <p>A thread that is not a member is refused. A member that waits outside of the network is refused too: the others
 * notice that it has been still for {@link #PATIENCE_NANOS} of real time.
 */
final class LockStep {

    /** Longest real time for which the running thread may be blocked outside of the network. */
    static final long PATIENCE_NANOS = 10_000_000_000L;

    private static final long LOOK_NANOS = 500_000_000L;
    private static final int MAX_POLLS_AT_ONCE = 1_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Member> ready = new ArrayDeque<>();
    private final List<Wait> waits = new ArrayList<>();
    private final List<SteppedStack> stacks = new ArrayList<>();
    private final long endNanos;
    private final long patienceNanos;
    private volatile @Nullable Member running;
    private volatile long now;
    private volatile boolean over;
    private @Nullable String failure;
    private boolean stepping;

    // For the check of the running thread: its actions so far, and since when it has had none.
    private long actions;
    private long seenActions;
    private long stillSince;

    /**
     * Starts time at 0. The calling thread is the first member, and runs.
     *
     * @param limitNanos virtual time after which all waits fail
     */
    LockStep(final long limitNanos, final long patienceNanos) {
        this.endNanos = limitNanos;
        this.patienceNanos = patienceNanos;
        this.running = new Member(Thread.currentThread());
    }

    /** A thread that takes turns. */
    private final class Member {
        private final Thread thread;
        private final Condition turn = lock.newCondition();

        Member(final Thread thread) {
            this.thread = thread;
        }
    }

    /** A member that waits. */
    private static final class Wait {
        private final Member member;
        private final Point point;
        private final long deadline;
        private boolean over;
        private boolean woken;
        private boolean failed;
        private boolean interrupted;

        Wait(final Member member, final Point point, final long deadline) {
            this.member = member;
            this.point = point;
            this.deadline = deadline;
        }
    }

    long now() {
        return now;
    }

    // ---- Members

    /** A thread for {@link #start}, which does {@code work} in turns with the others. */
    Thread thread(final String name, final Runnable work) {
        return new Thread(
                () -> {
                    final Member me = memberOf(Thread.currentThread());
                    begin(me);
                    try {
                        work.run();
                    } finally {
                        leave(me);
                    }
                },
                name);
    }

    /** Starts a {@link #thread}, which takes turns; the caller continues to run. */
    void start(final Thread thread) {
        enter();
        try {
            ready.add(new Member(thread));
            thread.start();
        } finally {
            exit();
        }
    }

    private Member memberOf(final Thread thread) {
        lock.lock();
        try {
            final Member current = running;
            if (current != null && current.thread == thread) {
                return current;
            }
            for (final Member member : ready) {
                if (member.thread == thread) {
                    return member;
                }
            }
            throw new IllegalStateException("not a member: " + thread.getName());
        } finally {
            lock.unlock();
        }
    }

    private void begin(final Member me) {
        lock.lock();
        try {
            awaitTurn(me, null);
        } finally {
            lock.unlock();
        }
    }

    private void leave(final Member me) {
        lock.lock();
        try {
            if (running == me) {
                passOn();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @throws IllegalStateException if the calling thread is no member */
    void enter() {
        final Member current = running;
        if (!over && (current == null || current.thread != Thread.currentThread())) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName()
                    + " is not a member of this network in virtual time:"
                    + " start it with MemoryNetwork.start(name, task)");
        }
        lock.lock();
        actions++;
    }

    void exit() {
        lock.unlock();
    }

    // ---- Stacks

    void add(final SteppedStack stack) {
        stacks.add(stack);
    }

    void remove(final SteppedStack stack) {
        stacks.remove(stack);
    }

    // ---- Waiting

    Point waitPoint() {
        return new Point();
    }

    /** Waits for {@code nanos} of virtual time. */
    void sleep(final long nanos) throws InterruptedException {
        enter();
        try {
            waitPoint().await(now + Math.max(0, nanos));
        } finally {
            exit();
        }
    }

    /** Interrupts a member: its wait, or else its next one, at this very time. */
    void interrupt(final Thread thread) {
        enter();
        try {
            for (final Wait wait : List.copyOf(waits)) {
                if (wait.member.thread == thread) {
                    wait.interrupted = true;
                    end(wait, false);
                    return;
                }
            }
            thread.interrupt();
        } finally {
            exit();
        }
    }

    final class Point implements WaitPoint {

        @Override
        public boolean await(final long deadlineNanos) throws InterruptedException {
            requireGoingOn();
            final Member me = running;
            if (me == null || stepping) {
                throw new IllegalStateException("a handler must not wait");
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            final Wait wait = new Wait(me, this, deadlineNanos);
            waits.add(wait);
            passOn();
            final boolean interrupted = awaitTurn(me, wait);
            if (wait.failed) {
                requireGoingOn();
            }
            if (interrupted || wait.interrupted) {
                throw new InterruptedException();
            }
            return wait.woken;
        }

        @Override
        public void wakeAll() {
            for (final Wait wait : List.copyOf(waits)) {
                if (wait.point == this) {
                    end(wait, true);
                }
            }
        }
    }

    private void end(final Wait wait, final boolean byWakeUp) {
        wait.over = true;
        wait.woken = byWakeUp;
        waits.remove(wait);
        ready.add(wait.member);
    }

    /** Waits until it is the member's turn. @return true if the thread was interrupted meanwhile */
    private boolean awaitTurn(final Member me, final @Nullable Wait wait) {
        boolean interrupted = false;
        while (running != me) {
            try {
                if (me.turn.await(LOOK_NANOS, TimeUnit.NANOSECONDS)) {
                    continue;
                }
                watchTheRunning();
            } catch (final InterruptedException e) {
                interrupted = true;
                if (wait != null && !wait.over) {
                    end(wait, false);
                }
            }
        }
        return interrupted;
    }

    private void requireGoingOn() {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    // ---- The steps

    /** Ends the turn of the running member, advances time as needed, and begins the next turn. */
    private void passOn() {
        if (failure == null) {
            stepping = true;
            try {
                step();
            } finally {
                stepping = false;
            }
        }
        final Member next = ready.poll();
        running = next;
        actions++;
        if (next != null) {
            next.turn.signal();
        }
    }

    private void step() {
        settle();
        while (ready.isEmpty() && !waits.isEmpty() && failure == null) {
            final long next = nextEvent();
            if (next == WaitPoint.NEVER) {
                fail("virtual time ends after " + now / 1_000_000 + " ms: "
                        + "no frame is on its way, no timer runs, and these threads wait: " + waiting());
            } else if (next > endNanos) {
                fail("the limit of " + endNanos / 1_000_000_000 + " s of virtual time is reached, and these threads"
                        + " wait: " + waiting());
            } else {
                now = Math.max(now, next);
                for (final Wait wait : List.copyOf(waits)) {
                    if (wait.deadline <= now) {
                        end(wait, false);
                    }
                }
                settle();
            }
        }
    }

    private String waiting() {
        return waits.stream().map(wait -> wait.member.thread.getName()).collect(Collectors.joining(", "));
    }

    /** Polls the stacks until none has work at the present time. */
    private void settle() {
        for (int polls = 0; poll(); polls++) {
            if (polls == MAX_POLLS_AT_ONCE) {
                fail("virtual time stands still at " + now / 1_000_000
                        + " ms: the stacks do not stop sending and running timers at this time");
                return;
            }
        }
    }

    private boolean poll() {
        boolean more = false;
        for (final SteppedStack stack : List.copyOf(stacks)) {
            more |= stack.poll(now);
        }
        for (final SteppedStack stack : stacks) {
            // A stack that was polled later may have sent a frame to this one.
            more |= stack.isPollWanted(now);
        }
        return more;
    }

    private long nextEvent() {
        long next = WaitPoint.NEVER;
        for (final SteppedStack stack : stacks) {
            next = Math.min(next, stack.nextEvent());
        }
        for (final Wait wait : waits) {
            next = Math.min(next, wait.deadline);
        }
        return next;
    }

    /** Ends all waits with an exception; afterwards threads run without turns. */
    private void fail(final String message) {
        failure = message;
        over = true;
        for (final Wait wait : List.copyOf(waits)) {
            wait.failed = true;
            end(wait, false);
        }
    }

    /** A thread that waits for its turn checks the one that has it. */
    private void watchTheRunning() {
        final Member current = running;
        if (current == null || failure != null) {
            return;
        }
        final Thread.State state = current.thread.getState();
        if (state == Thread.State.TERMINATED) {
            // The first member, which has ended without closing the network.
            passOn();
        } else if (actions != seenActions || state == Thread.State.RUNNABLE) {
            seenActions = actions;
            stillSince = System.nanoTime();
        } else if (System.nanoTime() - stillSince > patienceNanos) {
            fail("virtual time stands still for thread " + current.thread.getName()
                    + ", which waits outside of the network: " + placeOf(current.thread)
                    + "; in virtual time a thread may wait only in sockets, MemoryNetwork.sleep and Activity.join");
            passOn();
        }
    }

    private static String placeOf(final Thread thread) {
        for (final StackTraceElement element : thread.getStackTrace()) {
            if (!element.getClassName().startsWith("java.")
                    && !element.getClassName().startsWith("jdk.")) {
                return element.toString();
            }
        }
        return "at an unknown place";
    }

    /** Ends the turns and all waits. */
    void close() {
        lock.lock();
        try {
            if (failure == null) {
                fail("the network is closed");
            }
            over = true;
            final Member current = running;
            if (current == null || current.thread == Thread.currentThread()) {
                passOn();
            }
        } finally {
            lock.unlock();
        }
    }
}
