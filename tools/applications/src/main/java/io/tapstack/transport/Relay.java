package io.tapstack.transport;

import io.tapstack.error.SocketErrorException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Two connections joined back to back: each sends the bytes that the other receives. The end of one side's data is
 * passed on, and a failure of one side resets the other. At the end, both connections are closed.
 *
 * <p>Between two connections of one stack of ours the bytes move by reference, without a thread; a kernel's connection
 * costs a thread for each direction and the one copy that the kernel makes. Any thread may call.
 */
public abstract class Relay {

    Relay() {}

    /**
     * Joins two connections, which belong to the relay from now on. A connection that is joined to itself is an echo.
     *
     * @param threads runs the threads of a relay that needs them; must run every task at once
     * @param whenEnded called once, by one of the threads or by the stack's, so it must not wait
     * @throws java.util.concurrent.RejectedExecutionException if there are no more threads; then both connections are
     *     reset
     */
    public static Relay start(
            final StreamConnection near,
            final StreamConnection far,
            final Executor threads,
            final Consumer<Relay> whenEnded) {
        if (near instanceof TapstackStreamConnection first && far instanceof TapstackStreamConnection second) {
            try {
                return SplicedRelay.join(first, second, whenEnded);
            } catch (final SocketErrorException e) {
                // Two stacks, or one side has ended, as the pumps will find.
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

    /** The reason why it ended early, in a few words. */
    public abstract Optional<String> failure();

    /** Closes both connections; bytes that were passed on are still delivered. */
    public abstract void close();

    /** Resets both connections. */
    public abstract void abort();
}
