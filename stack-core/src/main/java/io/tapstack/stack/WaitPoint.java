package io.tapstack.stack;

/**
 * A place where threads wait for a change of a stack. All methods are called with the {@link StackLock} held.
 *
 * <p><b>Why no wake-up is lost.</b> A waiter checks its condition with the lock held; {@link #await} releases the lock
 * and starts to wait in one step; and a thread that changes the condition holds the lock and calls {@link #wakeAll()}
 * before releasing it. So the change comes either before the check, which sees it, or after the wait has begun, and
 * ends it. A waiter can wake up without a change, and therefore checks in a loop:
 *
 * <pre>{@code
 * while (connection.readableBytes() == 0) {
 *     if (!readable.await(deadline)) {
 *         return timedOut;
 *     }
 * }
 * }</pre>
 */
public interface WaitPoint {

    /** A deadline that never comes. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Releases the lock, waits until {@link #wakeAll()} or the deadline, and takes the lock again.
     *
     * @param deadlineNanos in the time of {@link StackLock#now()}, or {@link #NEVER}
     * @return false if the deadline has passed
     * @throws InterruptedException if the thread was interrupted before or while it waited; it holds the lock again
     */
    boolean await(long deadlineNanos) throws InterruptedException;

    /**
     * Ends the wait of every thread that waits here now; each takes the lock in turn, after the caller has released it.
     */
    void wakeAll();
}
