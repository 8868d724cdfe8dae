package io.tapstack.stack;

import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets an application thread that waits in the middle of a bulk transfer poll the stack and watch the device, one
 * thread at a time. Its data then need no wake-up of the driver, which would have to wake the thread.
 */
final class DeviceWatch {

    private final ReentrantLock lock;
    private final StackPolls polls;
    private final Clock clock;
    private final AdaptiveSpin spin;

    // Guarded by the lock.
    private boolean watched;

    /** @param longestNanos longest look at the device, 0 for none */
    DeviceWatch(final ReentrantLock lock, final StackPolls polls, final Clock clock, final long longestNanos) {
        this.lock = lock;
        this.polls = polls;
        this.clock = clock;
        this.spin = new AdaptiveSpin(longestNanos);
    }

    /** True while a thread watches the device; called with the lock held. */
    boolean isWatched() {
        return watched;
    }

    /**
     * Polls the stack and looks at the device, in turn, for as long as that pays. Called with the lock held, instead of
     * waiting at {@code point}; the looks are made without it.
     *
     * @return true if {@code point} was woken
     */
    boolean watch(final DriverLock.ConditionPoint point, final long deadlineNanos) {
        final long budget = spin.budgetNanos();
        if (budget == 0 || watched || !polls.isAllowed() || lock.getHoldCount() > 1) {
            return false;
        }
        final int wakes = point.wakes();
        boolean goOn = true;
        watched = true;
        try {
            while (goOn) {
                final boolean more = polls.pollByApplication(true);
                goOn = point.wakes() == wakes
                        && !polls.isPollNeeded()
                        && !Thread.currentThread().isInterrupted()
                        && (deadlineNanos == WaitPoint.NEVER || clock.nanoTime() - deadlineNanos < 0)
                        && lookAtDevice(point, wakes, more ? 0 : budget)
                        && !polls.isEnded();
            }
        } catch (final IOException | RuntimeException | Error e) {
            polls.failed(e);
        } finally {
            watched = false;
        }
        return point.wakes() != wakes;
    }

    /**
     * Looks at the device without the lock.
     *
     * @return true if it has something, or {@code point} was woken; always if there is no time to look
     */
    private boolean lookAtDevice(final DriverLock.ConditionPoint point, final int wakes, final long nanos)
            throws IOException {
        lock.unlock();
        try {
            if (nanos == 0) {
                DriverLock.giveWay(lock);
                return true;
            }
            final Pollable stack = polls.stack();
            final long start = clock.nanoTime();
            boolean ready = stack.device().isReady();
            long looked = 0;
            while (!ready && looked < nanos) {
                Thread.yield();
                ready = stack.device().isReady() || point.wakes() != wakes;
                looked = clock.nanoTime() - start;
            }
            spin.looked(looked, ready);
            return ready;
        } finally {
            lock.lock();
        }
    }
}
