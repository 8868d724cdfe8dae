package io.tapstack.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Nothing can be accepted, as when there are no descriptors left, or the stack has ended. */
public final class FailingListener extends FakeListener {

    private final AtomicInteger calls;

    /** @param calls counts how often somebody has tried */
    public FailingListener(final Listener below, final AtomicInteger calls) {
        super(below);
        this.calls = calls;
    }

    @Override
    public StreamConnection accept() throws IOException {
        calls.incrementAndGet();
        throw new IOException("nothing can be accepted, for this test");
    }
}
