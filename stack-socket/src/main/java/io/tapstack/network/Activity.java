package io.tapstack.network;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a test or a program on a {@link MemoryNetwork}, started by {@link MemoryNetwork#start}. Any thread may
 * call, in virtual time any activity.
 */
public final class Activity {

    /** The work of an activity. */
    @FunctionalInterface
    public interface Task {

        /** Does the work; an exception is what {@link Activity#join()} throws. */
        void run() throws Exception;
    }

    private final MemoryNetwork network;
    private final String name;
    private final Task task;
    private final Ending ending;
    private volatile @Nullable Thread thread;
    private volatile boolean done;
    private volatile boolean joined;
    private volatile @Nullable Throwable failure;

    /** Waits for the end of an activity, in the network's time. */
    interface Ending {

        /** Waits until {@code activity} is done. */
        void await(Activity activity) throws InterruptedException;

        /** The activity is done. */
        void reached();

        /** Interrupts the activity's thread. */
        void interrupt(Thread thread);
    }

    Activity(final MemoryNetwork network, final String name, final Task task, final Ending ending) {
        this.network = network;
        this.name = name;
        this.task = task;
        this.ending = ending;
    }

    /** The thread's work. */
    void run() {
        try {
            task.run();
        } catch (final Exception | Error e) {
            failure = e;
        } finally {
            done = true;
            ending.reached();
        }
    }

    /**
     * Waits until the task is over.
     *
     * @throws ActivityFailure if the task threw something, with that as its cause
     * @throws InterruptedException if the thread was interrupted before or while it waited
     */
    public void join() throws InterruptedException {
        ending.await(this);
        joined = true;
        final Throwable thrown = failure;
        if (thrown != null) {
            throw new ActivityFailure(name + " failed on " + network + ": " + thrown, thrown);
        }
    }

    /**
     * Interrupts the task: the call in which it waits ends with an {@link InterruptedException}, or closes its socket
     * with a {@link java.nio.channels.ClosedByInterruptException}; if it does not wait, its next wait does. Unlike
     * {@link Thread#interrupt()}, this happens at once in virtual time.
     */
    public void interrupt() {
        final Thread runner = thread;
        if (runner != null) {
            ending.interrupt(runner);
        }
    }

    /** True when the task has returned or thrown. */
    public boolean isDone() {
        return done;
    }

    /** The thread's name. */
    public String name() {
        return name;
    }

    /**
     * The exception of the task if no {@link #join()} has thrown it yet. A task that ends because its socket was closed
     * counts as a success, as a server does.
     */
    @Nullable
    Throwable untoldFailure() {
        final Throwable thrown = failure;
        final boolean socketClosed = thrown instanceof SocketException && "Socket closed".equals(thrown.getMessage());
        return joined || socketClosed ? null : thrown;
    }

    /** Sets the thread, which has started or is about to. */
    void startedAs(final Thread runner) {
        thread = runner;
    }

    /** The thread, or null if it was never started. */
    @Nullable
    Thread thread() {
        return thread;
    }

    @Override
    public String toString() {
        return name;
    }
}
