package io.tapstack.cli;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Handles SIGTERM and SIGINT as requests to end in order. By default the JVM would end with status 143 or 130 after its
 * shutdown hooks; a server that ends on request has succeeded.
 */
public final class StopSignal {

    private final CountDownLatch received = new CountDownLatch(1);
    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private final IntConsumer action;
    private volatile int status;

    private StopSignal(final IntConsumer action) {
        this.action = action;
    }

    /** Installs handlers that only let {@link #await} return. A second signal ends the JVM at once. */
    public static StopSignal install() {
        return install(exitStatus -> {});
    }

    /**
     * The same for a command that is told of the signal.
     *
     * @param action called by a thread of its own at the first signal, with the {@link #exitStatus()}
     */
    static StopSignal install(final IntConsumer action) {
        final StopSignal stop = new StopSignal(action);
        stop.handle("TERM", 143);
        stop.handle("INT", 130);
        return stop;
    }

    /** True if a signal has come. */
    boolean isReceived() {
        return received.getCount() == 0;
    }

    /** The exit status that a shell expects of a command ended by the signal: 128 and the signal's number. */
    int exitStatus() {
        return status;
    }

    /** Restores the earlier handlers. */
    void restore() {
        before.forEach(Signal::handle);
    }

    /** Waits for either signal. */
    public void await() throws InterruptedException {
        received.await();
    }

    /**
     * Waits for either signal, or for the end of the network.
     *
     * @throws IOException the cause of the network's end
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
