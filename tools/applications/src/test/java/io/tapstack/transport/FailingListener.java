package io.tapstack.transport;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts nothing, as without descriptors, or after the end of the stack. */
public final class FailingListener extends FakeListener {

    private final AtomicInteger calls;

    /** @param calls counts the attempts */
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
