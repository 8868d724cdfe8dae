package io.tapstack.stack;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A device without frames that records the driver's sleeps and wake-ups. */
final class QuietDevice implements LinkDevice {

    /** One permit for each sleep that has begun. */
    final Semaphore sleeps = new Semaphore(0);

    /** One permit for each long sleep: longer than the nap after work. */
    final Semaphore longSleeps = new Semaphore(0);

    /** Received frames, for a stack to take. */
    final Semaphore frames = new Semaphore(0);

    final AtomicInteger wakeups = new AtomicInteger();
    final AtomicInteger looks = new AtomicInteger();
    volatile @Nullable IOException failure;
    volatile boolean closed;
    private final Semaphore alarm = new Semaphore(0);

    @Override
    public LinkCapabilities capabilities() {
        return LinkCapabilities.plain(LinkType.IP, 1_500);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        return null;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        return true;
    }

    @Override
    public boolean isReady() {
        looks.incrementAndGet();
        return alarm.drainPermits() > 0;
    }

    @Override
    public void await(final long timeoutNanos) throws IOException {
        sleeps.release();
        if (timeoutNanos > 1_000_000_000L) {
            longSleeps.release();
        }
        try {
            if (alarm.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                alarm.drainPermits();
            }
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
        final IOException broken = failure;
        if (broken != null) {
            throw broken;
        }
    }

    /** As a frame would do. */
    void rouse() {
        alarm.release();
    }

    @Override
    public void wakeup() {
        wakeups.incrementAndGet();
        alarm.release();
    }

    @Override
    public void close() {
        closed = true;
    }
}
