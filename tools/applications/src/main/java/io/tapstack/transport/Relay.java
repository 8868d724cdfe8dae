package io.tapstack.transport;

import io.tapstack.error.SocketErrorException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Two connections joined back to back, both ways at once: what one receives the other sends. The end of one side's data
 * is passed on, and a failure of one side resets the other. When it has ended, both connections are closed.
 *
 * <p>Between two connections of one stack of ours the bytes move by reference, without a thread; a kernel's connection
 * costs a thread for each direction and the one copy that the kernel makes. Any thread may call.
 */
public abstract class Relay {

    Relay() {}

    /**
     * Joins two connections, which belong to the relay from now on. A connection that is joined to itself is an echo.
     *
     * @param threads what needs threads runs there; must run every task at once
     * @param whenEnded called once, on one of the threads
     * @throws java.util.concurrent.RejectedExecutionException if there are no threads any more; then both connections
     *     are reset
     */
    public static Relay start(
            final StreamConnection near,
            final StreamConnection far,
            final Executor threads,
            final Consumer<Relay> whenEnded) {
        if (near instanceof TapstackStreamConnection first && far instanceof TapstackStreamConnection second) {
            try {
                return SplicedRelay.join(first, second, threads, whenEnded);
            } catch (final SocketErrorException e) {
                // Two stacks, or one side has ended already, as the pumps will find.
            }
        }
        return PumpedRelay.between(near, far, threads, whenEnded);
    }

    /** Bytes from the near connection to the far one. */
    public abstract long forwardBytes();

    /** Bytes from the far connection to the near one. */
    public abstract long backBytes();

    /** True when nothing moves any more. */
    public abstract boolean isEnded();

    /** Why it ended before both sides had said all, in a few words. */
    public abstract Optional<String> failure();

    /** Closes both connections; what was passed on is still delivered. */
    public abstract void close();

    /** Resets both connections. */
    public abstract void abort();
}
