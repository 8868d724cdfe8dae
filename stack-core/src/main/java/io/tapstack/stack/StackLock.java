package io.tapstack.stack;

import org.jspecify.annotations.Nullable;

/**
 * The lock of a stack, which guards all its protocol state. One thread holds it at a time: the driver, or an
 * application thread that does its own protocol work. Sockets know a stack by its lock alone, so the same sockets run
 * on a stack with a thread ({@link StackDriver}) and on one that a test steps under virtual time.
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
 * With the lock held, a thread neither blocks nor copies bulk data; to wait, it uses a {@link WaitPoint}, which
 * releases the lock for as long as it waits. The lock is reentrant.
 */
public interface StackLock {

    /** Takes the lock. Not interruptible: its holder releases it soon. */
    void lock();

    /**
     * Releases the lock. The frames that the caller has sent leave as one batch
     * ({@link io.tapstack.link.LinkDevice#flush}), and the driver is called back if the caller leaves work for it (an
     * earlier timer, for example).
     */
    void unlock();

    /**
     * Polls the stack in the driver's stead; called with the lock held, by a thread that uses the stack again at once,
     * such as one that sends in bulk. While there is such a thread, the driver stands aside, rather than wake up for
     * every ACK and wait for the lock. Does nothing where there is no driver, or when the stack itself is the caller.
     */
    default void drive() {}

    /** The stack's time in nanoseconds; see {@link io.tapstack.time.Clock}. */
    long now();

    /** Creates a place where threads can wait for a change of the stack. */
    WaitPoint waitPoint();

    /** True once the stack has ended, and nothing moves any more; called with the lock held. */
    boolean isEnded();

    /** The cause of the stack's end, or null if it runs or was closed in order. Any thread. */
    @Nullable
    Throwable failure();

    /**
     * Runs {@code task} soon, with the lock held, after the protocol work in progress. A callback in the middle of such
     * work defers what would call the protocol again. Tasks run in order, each as often as it was deferred; one that
     * throws ends the stack. If the stack has ended, the task runs at once. Called with the lock held.
     */
    void defer(Runnable task);

    /**
     * Calls {@code listener}, with the lock held, when the stack ends; at once if it has ended. Called with the lock
     * held.
     */
    void whenEnded(Runnable listener);
}
