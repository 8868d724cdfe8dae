package io.tapstack.tap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps file descriptors open while a thread is in a system call on them: a descriptor closed under a call could be
 * reused for another file before the call begins. Who closes only locks the door; the last one out closes the
 * descriptors.
 */
final class DescriptorGuard {

    private static final int CLOSING = 1 << 30;
    private static final int CLOSED = Integer.MIN_VALUE;

    /** How many are inside, plus {@link #CLOSING}; or about {@link #CLOSED}. */
    private final AtomicInteger state = new AtomicInteger();

    private final Runnable closeDescriptors;

    DescriptorGuard(final Runnable closeDescriptors) {
        this.closeDescriptors = closeDescriptors;
    }

    /**
     * Goes inside, if the descriptors may still be used; the caller then has to {@link #leave()}.
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

    /** Goes outside, and closes the descriptors if that was asked for and nobody else is inside. */
    void leave() {
        if (state.decrementAndGet() == CLOSING && state.compareAndSet(CLOSING, CLOSED)) {
            closeDescriptors.run();
        }
    }

    /** Lets nobody in any more. The caller is inside. */
    void lock() {
        state.getAndUpdate(inside -> inside | CLOSING);
    }
}
