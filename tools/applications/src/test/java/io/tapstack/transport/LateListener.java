package io.tapstack.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/** Accepts at the last moment: the call in progress when the listener is closed returns a connection. */
public final class LateListener extends FakeListener {

    private static final long AFTER_CLOSE_MILLIS = 100;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch accepting;

    /** @param accepting counted down when there is a connection to accept late */
    public LateListener(final Listener below, final CountDownLatch accepting) {
        super(below);
        this.accepting = accepting;
    }

    @Override
    public StreamConnection accept() throws IOException {
        final StreamConnection accepted = super.accept();
        accepting.countDown();
        try {
            closed.await();
            // By then the server has closed all that it knows.
            Thread.sleep(AFTER_CLOSE_MILLIS);
        } catch (final InterruptedException e) {
            throw new InterruptedIOException();
        }
        return accepted;
    }

    @Override
    public void close() throws IOException {
        super.close();
        closed.countDown();
    }
}
