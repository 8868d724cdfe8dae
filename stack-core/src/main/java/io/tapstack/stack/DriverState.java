package io.tapstack.stack;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the driver's thread is, and how the other threads call it back when they leave work for it.
 *
 * <pre>
 * state    the driver                      leaves it by                          called back by
 *
 * RUNNING  polls, or is about to           aside(), looks()                      nothing: it polls soon
 * ASIDE    is parked, as an application    running(), when its time is up        unpark, for deferred tasks, a failed
 *          polls the device                                                      poll, or a thread that waits
 * LOOKING  watches the device and this     running(); fallsAsleep()              the state alone
 *          state, without the lock
 * ASLEEP   waits in LinkDevice.await,      running(), for a frame or a deadline  LinkDevice.wakeup, a system call
 *          without the lock
 * CALLED   was called back, and comes      running()                             nothing: it comes soon
 * </pre>
 *
 * <p>The driver falls asleep without the lock, so LOOKING becomes ASLEEP or CALLED by compare-and-set. All other
 * changes are made with the lock held.
 */
final class DriverState {

    private enum State {
        RUNNING,
        ASIDE,
        LOOKING,
        ASLEEP,
        CALLED
    }

    private final StackPolls polls;
    private final Pollable stack;
    private final Runnable unpark;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private long restsUntil;

    /** @param unpark ends the driver's stay in ASIDE */
    DriverState(final StackPolls polls, final Runnable unpark) {
        this.polls = polls;
        this.stack = polls.stack();
        this.unpark = unpark;
    }

    // ---- The driver

    /** The driver holds the lock again. */
    void running() {
        state.set(State.RUNNING);
    }

    /** The driver is about to leave the device to an application for a while; called with the lock held. */
    void aside() {
        state.set(State.ASIDE);
    }

    /** The driver is about to watch the device until a deadline; called with the lock held. */
    void looks(final long untilNanos) {
        state.set(State.LOOKING);
        restsUntil = untilNanos;
        stack.timers().watch(untilNanos);
    }

    /**
     * The driver has watched for long enough; from now on it takes a system call to call it back. Called without the
     * lock.
     *
     * @return false if it was called back before
     */
    boolean fallsAsleep() {
        return state.compareAndSet(State.LOOKING, State.ASLEEP);
    }

    /** True if the driver was called back; any thread. */
    boolean isCalled() {
        return state.get() == State.CALLED;
    }

    // ---- Other threads, with the lock held

    /** True while the driver leaves the device to applications. */
    boolean isAside() {
        return state.get() == State.ASIDE;
    }

    /** Ends the driver's stay in ASIDE. */
    void callFromAside() {
        state.set(State.CALLED);
        unpark.run();
    }

    /** Calls the driver back if there is work that it would come too late for. A thread calls this before it leaves. */
    void callIfNeeded() {
        final State now = state.get();
        if (now == State.LOOKING || now == State.ASLEEP) {
            if (isNeeded() && state.getAndSet(State.CALLED) == State.ASLEEP) {
                stack.device().wakeup();
            }
        } else if (now == State.ASIDE && polls.isDriverNeeded()) {
            callFromAside();
        }
    }

    private boolean isNeeded() {
        return polls.isDriverNeeded()
                || stack.timers().isEarlierArmed()
                || stack.isPollWanted()
                || isBefore(stack.device().nextEvent(), restsUntil);
    }

    private static boolean isBefore(final long time, final long other) {
        return time != Long.MAX_VALUE && (other == Long.MAX_VALUE || time - other < 0);
    }
}
