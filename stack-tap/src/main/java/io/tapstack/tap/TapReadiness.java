package io.tapstack.tap;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks, or waits, with {@code ppoll(2)} until the TAP is ready or another thread wakes the waiter through an
 * {@code eventfd(2)}.
 *
 * <pre>
 *   struct pollfd     0    4        6         8        struct timespec   0         8          16
 *                     | fd | events | revents |                          | tv_sec  | tv_nsec  |
 * </pre>
 */
final class TapReadiness implements Readiness {

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;
    private static final int TAP = 0;
    private static final int WAKEUP = POLLFD_BYTES;

    private static final int TIMESPEC_BYTES = 16;
    private static final int TV_NSEC_OFFSET = 8;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long FOR_EVER = 0;

    private static final int COUNTER_BYTES = 8;

    private final int wakeupFd;
    private final NativeStruct pollfds = new NativeStruct(2 * POLLFD_BYTES);
    private final NativeStruct timespec = new NativeStruct(TIMESPEC_BYTES);
    private final NativeStruct taken = new NativeStruct(COUNTER_BYTES);
    private final NativeStruct one = new NativeStruct(COUNTER_BYTES);
    private final AtomicBoolean wakeupPending = new AtomicBoolean();

    TapReadiness(final int tapFd, final int wakeupFd) {
        this.wakeupFd = wakeupFd;
        pollfds.bytes.putInt(TAP, tapFd);
        pollfds.bytes.putInt(WAKEUP, wakeupFd);
        pollfds.bytes.putShort(WAKEUP + EVENTS_OFFSET, POLLIN);
        one.bytes.putLong(0, 1);
    }

    @Override
    public boolean await(final boolean forRoom, final long timeoutNanos) {
        pollfds.bytes.putShort(TAP + EVENTS_OFFSET, forRoom ? POLLIN | POLLOUT : POLLIN);
        final long ready = LibC.CALLS.ppoll(pollfds.address, 2, timespec(timeoutNanos), 0);
        if (ready <= 0) {
            return false;
        }
        if (pollfds.bytes.getShort(WAKEUP + REVENTS_OFFSET) != 0) {
            LibC.CALLS.read(wakeupFd, taken.address, COUNTER_BYTES);
            awoken();
        }
        return Readiness.isRoom(pollfds.bytes.getShort(TAP + REVENTS_OFFSET));
    }

    /** The waiting thread has read the eventfd. */
    void awoken() {
        // Read and write in one: what the waking thread did before its wakeup() is visible from here on.
        wakeupPending.getAndSet(false);
    }

    @Override
    public int look(final boolean forRoom) {
        pollfds.bytes.putShort(TAP + EVENTS_OFFSET, forRoom ? POLLIN | POLLOUT : POLLIN);
        final long ready = LibC.CALLS.ppoll(pollfds.address, 1, timespec(0), 0);
        return ready <= 0 ? 0 : pollfds.bytes.getShort(TAP + REVENTS_OFFSET);
    }

    @Override
    public void wakeup() {
        if (!wakeupPending.getAndSet(true)) {
            LibC.CALLS.write(wakeupFd, one.address, COUNTER_BYTES);
        }
    }

    @Override
    public void retire() {}

    @Override
    public void close() {}

    private long timespec(final long nanos) {
        if (nanos == Long.MAX_VALUE) {
            return FOR_EVER;
        }
        final long wait = Math.max(0, nanos);
        timespec.bytes.putLong(0, wait / NANOS_PER_SECOND);
        timespec.bytes.putLong(TV_NSEC_OFFSET, wait % NANOS_PER_SECOND);
        return timespec.address;
    }
}
