package io.tapstack.network;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The threads of the programs on a {@link MemoryNetwork}, in real time or in turns. */
final class Activities {

    private static final long CLOSE_MILLIS = 10_000;

    private final MemoryNetwork network;
    private final @Nullable LockStep steps;
    private final ReentrantLock lock = new ReentrantLock();
    // Under the lock.
    private final List<Activity> started = new ArrayList<>();
    private boolean ended;

    /** @param steps in virtual time; null in real time */
    Activities(final MemoryNetwork network, final @Nullable LockStep steps) {
        this.network = network;
        this.steps = steps;
    }

    /** See {@link MemoryNetwork#start}. */
    Activity start(final String name, final Activity.Task task) {
        final Activity activity = new Activity(network, name, task, ending());
        final Thread thread = steps == null ? new Thread(activity::run, name) : steps.thread(name, activity::run);
        thread.setDaemon(true);
        activity.startedAs(thread);
        lock.lock();
        try {
            if (ended) {
                throw new IllegalStateException(network + " is closed");
            }
            started.add(activity);
            // Under the lock, so that join() finds it started.
            if (steps == null) {
                thread.start();
            }
        } finally {
            lock.unlock();
        }
        if (steps != null) {
            steps.start(thread);
        }
        return activity;
    }

    private Activity.Ending ending() {
        if (steps != null) {
            return new SteppedEnding(steps);
        }
        final CountDownLatch done = new CountDownLatch(1);
        return new Activity.Ending() {
            @Override
            public void await(final Activity activity) throws InterruptedException {
                done.await();
            }

            @Override
            public void reached() {
                done.countDown();
            }

            @Override
            public void interrupt(final Thread thread) {
                thread.interrupt();
            }
        };
    }

    /**
     * Lets no other one start.
     *
     * @return the failure of one that no {@link Activity#join()} has thrown, or null
     */
    @Nullable
    ActivityFailure end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        return untoldFailure();
    }

    /**
     * Waits for all, when their sockets are closed.
     *
     * @throws IllegalStateException if one does not end within ten seconds of real time
     */
    void join() {
        started.forEach(this::joinOrInterrupt);
    }

    private @Nullable ActivityFailure untoldFailure() {
        for (final Activity activity : started) {
            final Throwable thrown = activity.untoldFailure();
            if (thrown != null) {
                return new ActivityFailure(activity + " failed on " + network + ": " + thrown, thrown);
            }
        }
        return null;
    }

    private void joinOrInterrupt(final Activity activity) {
        final Thread thread = activity.thread();
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS / 2);
            thread.interrupt();
            thread.join(CLOSE_MILLIS / 2);
        } catch (final InterruptedException e) {
            // Whoever closes the network is in a hurry.
            thread.interrupt();
            Thread.currentThread().interrupt();
            return;
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(activity + " goes on, though " + network + " is closed");
        }
    }
}
