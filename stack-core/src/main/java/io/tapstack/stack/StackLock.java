package io.tapstack.stack;

import org.jspecify.annotations.Nullable;

/**
 * The one way into a stack. All protocol state belongs to whoever is inside, and only one thread is inside at a time:
 * the driver, or an application thread that does its own protocol work. Sockets know a stack by its lock alone, so the
 * same sockets run on a stack with a thread ({@link StackDriver}) and on one that a test steps by hand under virtual
 * time.
 *
 * <pre>{@code
 * lock.lock();
 * try {
 *     connection.shutdownOutput(lock.now());
 * } finally {
 *     lock.unlock();
 * }
 * }</pre>
 *
 * Inside, a thread neither blocks nor copies bulk data; to wait it uses a {@link WaitPoint}, which steps outside for as
 * long as it waits. A thread that is inside already may enter again.
 */
public interface StackLock {

    /** Goes in, waiting for whoever is inside. Not interruptible: whoever is inside leaves soon. */
    void lock();

    /** Goes out, and sees to it that what was left for later (a timer, say) is not forgotten. */
    void unlock();

    /**
     * Has the stack handle what has come meanwhile, in the driver's stead; called inside, by a thread that is busy with
     * the stack anyway and will be again at once, such as one that sends in bulk. As long as there is one, the driver
     * stands aside, rather than wake up for every ACK and wait for the lock. Does nothing where there is no driver, or
     * when called by what the stack itself calls.
     */
    default void drive() {}

    /** The stack's time in nanoseconds; see {@link io.tapstack.time.Clock}. */
    long now();

    /** A new place where threads can wait for something that happens inside. */
    WaitPoint waitPoint();

    /** True once the stack has ended; asked inside. From then on nothing moves any more. */
    boolean isEnded();

    /** What ended the stack, or null if it runs or was closed as it should be. Any thread. */
    @Nullable
    Throwable failure();

    /**
     * Has {@code task} run soon, inside, by whoever runs the stack, when no protocol work is going on: so what is
     * called back in the middle of such work can leave to the task whatever would call the protocol again. Tasks run in
     * order, each as often as it was handed over; one that throws ends the stack. If the stack has ended, the task runs
     * at once. Called inside.
     */
    void defer(Runnable task);

    /** Has {@code listener} called, inside, when the stack ends; at once if it has ended. Called inside. */
    void whenEnded(Runnable listener);
}
