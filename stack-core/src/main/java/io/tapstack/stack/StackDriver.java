package io.tapstack.stack;

import io.tapstack.link.LinkDevice;
import io.tapstack.time.Clock;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that runs a stack in real time. It waits at the device, without the {@link StackLock}, for a frame, a
 * deadline or a wake-up; then it takes the lock and polls the stack. It holds the lock for a few bursts of frames at
 * most, and releases it earlier if another thread waits for it.
 *
 * <p>The driver looks at the device before it sleeps, as long as {@linkplain AdaptiveSpin that pays}; with
 * {@link Waiting#BUSY_POLL} it never sleeps. While an application {@linkplain StackLock#drive() drives} the stack, the
 * driver stands aside and polls now and then.
 *
 * <p>{@link #close()} ends the stack in order. If the device fails, or the stack throws, the driver ends the stack at
 * once: it logs the cause and keeps it as {@link StackLock#failure()}. In both cases it tells the listeners of
 * {@link StackLock#whenEnded}, so that every waiting thread wakes up.
 *
 * <p>All methods may be called from any thread.
 */
public final class StackDriver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StackDriver.class);

    /** Most bursts while the lock is held and no thread waits for it: enough to make the lock's cost negligible. */
    private static final int BURSTS_PER_STAY = 8;

    /**
     * Longest sleep after there was something to do. Less than the minimum RTO, and than the probe timeout of a single
     * segment in flight, so that an application that sends one segment, and arms these, need not wake the driver. A
     * flight of several segments arms a probe for 2 SRTT + 2 ms, which may be earlier.
     */
    private static final long NAP_NANOS = 100_000_000;

    private final Pollable stack;
    private final LinkDevice device;
    private final Clock clock;
    private final StackPolls polls;
    private final DriverState state;
    private final DriverLock lock;
    private final Waiting waiting;
    private final AdaptiveSpin spin;
    private final Thread thread;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean closing;

    /**
     * Time for which the driver first stands aside for an application that drives: several times what an application
     * takes between two calls in bulk. It is short, because the device may be unattended for this long if the
     * application stops.
     */
    private static final long SHORTEST_ASIDE_NANOS = 50_000;

    /**
     * Longest time to stand aside. The time doubles while the application goes on, as each poll of the driver costs the
     * application time.
     */
    private static final long LONGEST_ASIDE_NANOS = 1_000_000;

    /** Longest poll of the device before a sleep: about the time of a wake-up. */
    private static final long SPIN_NANOS = 50_000;

    /**
     * Bytes moved in a turn from which on it was part of a bulk transfer. There the next frame comes soon, but no
     * thread waits for it, and the threads that produce and consume the bytes need the processor.
     */
    static final long BULK_BYTES = 16_384;

    // Of the driver's thread: nothing happened during its last sleep.
    private boolean idle;

    private long asideNanos = SHORTEST_ASIDE_NANOS;

    // The bytes that the stack had moved at the last turn, and whether that turn moved many.
    private long bytesMoved;
    private boolean bulk;

    /**
     * Creates a driver that does not run yet, and waits as {@link Waiting#ADAPTIVE} says. From now on the stack may
     * only be used with {@link #stackLock()} held.
     *
     * @param name the thread's name, for logs
     * @throws IllegalArgumentException if the stack's device is {@linkplain LinkDevice#isSimulated() simulated}: the
     *     thread could not wait at it, and a simulated device belongs to one thread, which tells it the time
     */
    public StackDriver(final Pollable stack, final Clock clock, final String name) {
        this(stack, clock, name, Waiting.ADAPTIVE);
    }

    /** The same, with a way of waiting. */
    public StackDriver(final Pollable stack, final Clock clock, final String name, final Waiting waiting) {
        this.waiting = waiting;
        final long spinNanos = Runtime.getRuntime().availableProcessors() > 1 ? SPIN_NANOS : 0;
        this.spin = new AdaptiveSpin(spinNanos);
        this.stack = stack;
        this.device = stack.device();
        if (device.isSimulated()) {
            throw new IllegalArgumentException("a driver's thread cannot wait at " + device
                    + ", which is simulated: for stacks in memory with threads of their own use MemoryNetwork"
                    + " (io.tapstack.network), for simulated devices VirtualTime or NetworkStack.poll");
        }
        this.clock = clock;
        this.polls = new StackPolls(stack, clock);
        this.state = new DriverState(polls, this::unpark);
        this.lock = new DriverLock(polls, state, clock, waiting == Waiting.BUSY_POLL ? 0 : spinNanos);
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** The lock of the stack. */
    public StackLock stackLock() {
        return lock;
    }

    /**
     * Starts the thread.
     *
     * @throws IllegalStateException if it was started before, or the driver is closed
     */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("the driver was already started, or is closed");
        }
        thread.start();
    }

    /**
     * Ends the stack, closes the device, and waits until both is done. Open connections are aborted; a thread that
     * waits in a socket gets {@code ENETDOWN}. Does nothing if the stack has ended.
     */
    @Override
    public void close() {
        closing = true;
        if (started.compareAndSet(false, true)) {
            end();
            return;
        }
        device.wakeup();
        if (Thread.currentThread() != thread) {
            joinUninterruptibly();
        }
    }

    /**
     * Starts to end the stack, as {@link #close()} does, and returns at once. Does nothing to a driver that was never
     * started.
     */
    void closeSoon() {
        closing = true;
        device.wakeup();
    }

    private void run() {
        LOG.info("{}: running", thread.getName());
        try {
            while (!closing) {
                turn();
            }
        } catch (final IOException e) {
            lock.failed(e);
            LOG.error("{}: the device failed and the stack ends", thread.getName(), e);
        } catch (final RuntimeException | Error e) {
            lock.failed(e);
            LOG.error("{}: the stack failed and ends: {}", thread.getName(), stack, e);
        } finally {
            end();
        }
    }

    /** Polls with the lock held, and then sleeps at the device if there is nothing more to do. */
    private void turn() throws IOException {
        boolean more = true;
        boolean aside = false;
        long wakeAt = Long.MAX_VALUE;
        lock.giveWay();
        lock.lock();
        try {
            state.running();
            for (int burst = 0; more && burst < BURSTS_PER_STAY; burst++) {
                more = polls.pollByDriver();
                if (lock.isWaitedFor()) {
                    break;
                }
            }
            if (!more) {
                wakeAt = earlier(stack.nextDeadline(), device.nextEvent());
                wakeAt = idle ? wakeAt : earlier(wakeAt, clock.nanoTime() + NAP_NANOS);
                aside = lock.isDriven();
                polls.clearApplicationPolled();
                bulk = stack.bytesMoved() - bytesMoved > BULK_BYTES;
                bytesMoved = stack.bytesMoved();
                if (aside) {
                    state.aside();
                } else {
                    state.looks(wakeAt);
                }
            }
        } finally {
            lock.unlock();
        }
        if (aside) {
            LockSupport.parkNanos(this, asideNanos);
            asideNanos = Math.min(2 * asideNanos, LONGEST_ASIDE_NANOS);
        } else {
            asideNanos = SHORTEST_ASIDE_NANOS;
            if (!more && !look(wakeAt) && state.fallsAsleep()) {
                sleep(wakeAt);
            }
        }
    }

    /**
     * Looks at the device instead of sleeping, for as long as that pays, and at most until {@code wakeAt}.
     *
     * @return true if there is something to do
     */
    private boolean look(final long wakeAt) throws IOException {
        if (waiting == Waiting.BUSY_POLL) {
            while (!isRoused() && !isReached(wakeAt)) {
                Thread.onSpinWait();
            }
            return true;
        }
        final long budget = bulk ? 0 : spin.budgetNanos();
        if (budget == 0) {
            return false;
        }
        final long start = clock.nanoTime();
        final long until = earlier(wakeAt, start + budget);
        while (!isRoused()) {
            if (isReached(until)) {
                spin.looked(budget, false);
                return isReached(wakeAt);
            }
            // The sender of the next frame may need this processor.
            Thread.yield();
        }
        spin.looked(clock.nanoTime() - start, true);
        return true;
    }

    private boolean isRoused() throws IOException {
        return closing || state.isCalled() || device.isReady();
    }

    private boolean isReached(final long time) {
        return time != Long.MAX_VALUE && clock.nanoTime() - time >= 0;
    }

    private void unpark() {
        LockSupport.unpark(thread);
    }

    private void sleep(final long wakeAt) throws IOException {
        final long timeoutNanos = wakeAt == Long.MAX_VALUE ? Long.MAX_VALUE : wakeAt - clock.nanoTime();
        if (timeoutNanos > 0) {
            // An interrupt has no meaning for this thread, but would keep the device from waiting.
            Thread.interrupted();
            device.await(timeoutNanos);
        }
        idle = isReached(wakeAt);
    }

    private void end() {
        lock.lock();
        try {
            quietly("closing the stack", () -> stack.close(clock.nanoTime()));
            for (final Runnable listener : lock.end()) {
                quietly("telling a listener of the end", listener);
            }
        } finally {
            lock.unlock();
        }
        quietly("closing the device", device::close);
        LOG.info("{}: ended", thread.getName());
    }

    /** Runs a step of the end; the next step follows even if this one throws. */
    private void quietly(final String what, final Runnable step) {
        try {
            step.run();
        } catch (final RuntimeException | Error e) {
            noteFailure(e);
            LOG.error("{}: {} failed", thread.getName(), what, e);
        }
    }

    private void noteFailure(final Throwable cause) {
        final Throwable first = lock.failure();
        if (first == null) {
            lock.failed(cause);
        }
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long earlier(final long time, final long other) {
        if (time == Long.MAX_VALUE) {
            return other;
        }
        return other == Long.MAX_VALUE || time - other < 0 ? time : other;
    }

    /** The cause of the stack's end, or null if it runs or was closed in order. */
    public @Nullable Throwable failure() {
        return lock.failure();
    }
}
