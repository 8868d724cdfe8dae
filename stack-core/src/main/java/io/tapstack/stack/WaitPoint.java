package io.tapstack.stack;

/**
 * Where threads wait for something that happens inside a {@link StackLock}. All methods are called inside.
 *
 * <p><b>Why no wake-up is lost.</b> A waiter looks at what it waits for under the stack's lock; {@link #await} releases
 * the lock and starts to wait in one step; and whoever changes what it waits for does so inside, and calls
 * {@link #wakeAll()} before leaving. So the change comes either before the look, which sees it, or after the wait has
 * begun, and ends it. A waiter can wake for nothing, and therefore looks again, in a loop:
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
     * Steps outside, waits until {@link #wakeAll()} or the deadline, and comes back inside.
     *
     * @param deadlineNanos in the time of {@link StackLock#now()}, or {@link #NEVER}
     * @return false if the deadline has passed
     * @throws InterruptedException if the thread was interrupted before or while it waited; it is inside again, too
     */
    boolean await(long deadlineNanos) throws InterruptedException;

    /** Ends the wait of every thread that waits here now; they come inside one by one, after the caller has left. */
    void wakeAll();
}
