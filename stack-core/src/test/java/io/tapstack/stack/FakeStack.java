package io.tapstack.stack;

import io.tapstack.link.LinkDevice;
import io.tapstack.time.TimerWheel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A stack without protocols for a driver: the test decides what a poll does. */
final class FakeStack implements Pollable {

    final TimerWheel timers = new TimerWheel(System.nanoTime());
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger flushes = new AtomicInteger();
    final AtomicLong bytesMoved = new AtomicLong();
    volatile int busyPolls;
    volatile boolean pollWanted;
    volatile boolean closed;
    volatile Runnable onPoll = () -> {};
    volatile Runnable onClose = () -> {};
    private final LinkDevice device;

    FakeStack(final LinkDevice device) {
        this.device = device;
    }

    @Override
    public boolean poll(final long nowNanos) {
        pollWanted = false;
        onPoll.run();
        timers.advance(nowNanos);
        return polls.incrementAndGet() <= busyPolls;
    }

    @Override
    public void flush() {
        flushes.incrementAndGet();
    }

    @Override
    public boolean isPollWanted() {
        return pollWanted;
    }

    @Override
    public long bytesMoved() {
        return bytesMoved.get();
    }

    @Override
    public long nextDeadline() {
        return timers.nextDeadline();
    }

    @Override
    public LinkDevice device() {
        return device;
    }

    @Override
    public TimerWheel timers() {
        return timers;
    }

    @Override
    public void close(final long nowNanos) {
        closed = true;
        onClose.run();
    }
}
