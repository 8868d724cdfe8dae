package io.tapstack.tap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps file descriptors open while a thread is in a system call on them: a descriptor that is closed during a call
 * could be reused for another file. Closing only refuses new calls; the last call to end closes the descriptors.
 */
final class DescriptorGuard {

    private static final int CLOSING = 1 << 30;
    private static final int CLOSED = Integer.MIN_VALUE;

    /** The number of calls in progress, plus {@link #CLOSING}; or about {@link #CLOSED}. */
    private final AtomicInteger state = new AtomicInteger();

    private final Runnable closeDescriptors;

    DescriptorGuard(final Runnable closeDescriptors) {
        this.closeDescriptors = closeDescriptors;
    }

    /**
     * Begins a call, if the descriptors may still be used; the caller then has to {@link #leave()}.
     *
     * @return false if they may not
     */
    boolean enter() {
        final int inside = state.incrementAndGet();
        if (inside > 0 && inside < CLOSING) {
            return true;
        }
        leave();
        return false;
    }

    /** Ends a call, and closes the descriptors if that was requested and no other call is in progress. */
    void leave() {
        if (state.decrementAndGet() == CLOSING && state.compareAndSet(CLOSING, CLOSED)) {
            closeDescriptors.run();
        }
    }

    /** True once new calls are refused; asked within a call. */
    boolean isLocked() {
        return (state.get() & CLOSING) != 0;
    }

    /** Refuses new calls. The caller has begun one. */
    void lock() {
        state.getAndUpdate(inside -> inside | CLOSING);
    }
}
