package io.tapstack.cli;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM and SIGINT as a request to end in order. By default the JVM would end with status 143 or 130 once its
 * shutdown hooks are done; a server that was asked to stop, and did, has succeeded.
 */
public final class StopSignal {

    private final CountDownLatch received = new CountDownLatch(1);
    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private final IntConsumer action;
    private volatile int status;

    private StopSignal(final IntConsumer action) {
        this.action = action;
    }

    /** From now on, both signals only let {@link #await} return. A second one ends the JVM at once. */
    public static StopSignal install() {
        return install(exitStatus -> {});
    }

    /**
     * The same for a command that has to be told.
     *
     * @param action called by a thread of its own when the first signal comes, with the {@link #exitStatus()}
     */
    static StopSignal install(final IntConsumer action) {
        final StopSignal stop = new StopSignal(action);
        stop.handle("TERM", 143);
        stop.handle("INT", 130);
        return stop;
    }

    /** Whether a signal has come. */
    boolean isReceived() {
        return received.getCount() == 0;
    }

    /** What a shell expects of a command that the signal has ended: 128 and the signal's number. */
    int exitStatus() {
        return status;
    }

    /** From now on, signals do what they did before. */
    void restore() {
        before.forEach(Signal::handle);
    }

    /** Waits for either signal. */
    public void await() throws InterruptedException {
        received.await();
    }

    /**
     * Waits for either signal, or until the network has ended by itself.
     *
     * @throws IOException what ended the network
     */
    void await(final Session session) throws InterruptedException, IOException {
        session.whenEnded(received::countDown);
        await();
        final Throwable failure = session.failure().orElse(null);
        if (failure instanceof IOException device) {
            throw device;
        }
        if (failure != null) {
            throw new IOException("the stack has ended: " + failure, failure);
        }
    }

    private void handle(final String name, final int exitStatus) {
        try {
            final Signal signal = new Signal(name);
            before.put(signal, Signal.handle(signal, again -> {
                if (isReceived()) {
                    Runtime.getRuntime().halt(exitStatus);
                }
                status = exitStatus;
                received.countDown();
                action.accept(exitStatus);
            }));
        } catch (final IllegalArgumentException e) {
            // The JVM keeps this signal for itself (-Xrs): it ends the process in the default way.
        }
    }
}
