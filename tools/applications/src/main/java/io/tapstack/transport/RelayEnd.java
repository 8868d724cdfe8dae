package io.tapstack.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reports the end of a relay to its listener, in whatever order the two arrive. */
final class RelayEnd {

    private final Executor threads;
    private final Consumer<Relay> listener;
    private @Nullable Relay relay;
    private boolean ended;

    RelayEnd(final Executor threads, final Consumer<Relay> listener) {
        this.threads = threads;
        this.listener = listener;
    }

    synchronized void of(final Relay made) {
        relay = made;
        tellIfBoth();
    }

    synchronized void ended() {
        ended = true;
        tellIfBoth();
    }

    private void tellIfBoth() {
        final Relay made = relay;
        if (ended && made != null) {
            try {
                threads.execute(() -> listener.accept(made));
            } catch (final RejectedExecutionException | OutOfMemoryError e) {
                // There are no more threads. The stack's own thread must not fail for that.
                listener.accept(made);
            }
        }
    }
}
