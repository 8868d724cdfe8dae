package io.tapstack.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Fails as often as it is told to, as when there are no descriptors left, and accepts then. */
public final class FailingAtTimesListener extends FakeListener {

    private final AtomicInteger failures;

    /** @param failures how many calls that begin from now on are to fail */
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
