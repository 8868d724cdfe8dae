package io.tapstack.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT as a request to end in order. By default the JVM would end with status 143 or 130 once its shutdown
 * hooks are done; a server that was asked to stop, and did, has succeeded.
 */
final class StopSignal {

    private final CountDownLatch received = new CountDownLatch(1);

    private StopSignal() {}

    /** From now on, both signals only let {@link #await} return. A second one ends the JVM at once. */
    static StopSignal install() {
        final StopSignal stop = new StopSignal();
        stop.handle("TERM", 143);
        stop.handle("INT", 130);
        return stop;
    }

    /** Whether a signal has come. */
    boolean isReceived() {
        return received.getCount() == 0;
    }

    /** Waits for either signal. */
    void await() throws InterruptedException {
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

    private void handle(final String name, final int status) {
        try {
            Signal.handle(new Signal(name), signal -> {
                if (isReceived()) {
                    Runtime.getRuntime().halt(status);
                }
                received.countDown();
            });
        } catch (final IllegalArgumentException e) {
            // The JVM keeps this signal for itself (-Xrs): it ends the process in the default way.
        }
    }
}
