package io.tapstack.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Fails a given number of times, as without descriptors, and then accepts. */
public final class FailingAtTimesListener extends FakeListener {

    private final AtomicInteger failures;

    /** @param failures number of calls from now on that fail */
    public FailingAtTimesListener(final Listener below, final AtomicInteger failures) {
        super(below);
        this.failures = failures;
    }

    @Override
    public StreamConnection accept() throws IOException {
        if (failures.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            throw new IOException("too many open files, for this test");
        }
        return super.accept();
    }
}
